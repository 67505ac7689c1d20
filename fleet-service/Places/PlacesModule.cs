using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using KioskFleet.Protocol.Identity;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Places;

/// <summary>Registers the data set and shows it.</summary>
internal static class PlacesModule
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower), new CountyCodeConverter() },
    };

    /// <summary>
    /// Adds <see cref="PlacesDataSet"/> and its <see cref="BusinessZone"/>; a data set with findings stops the start.
    /// </summary>
    public static IServiceCollection AddPlaces(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PlacesOptions>().Bind(configuration.GetSection(PlacesOptions.Section));
        services.AddSingleton(provider =>
            DataSetFile.Load(provider.GetRequiredService<IOptions<PlacesOptions>>().Value.DataSet));
        services.AddSingleton(provider => provider.GetRequiredService<PlacesDataSet>().Zone);
        services.AddHostedService<PlacesStart>();
        return services;
    }

    /// <summary>Maps <c>/api/v1/places</c>: the data set as read, and each of its tables alone.</summary>
    public static IEndpointRouteBuilder MapPlaces(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/places").WithTags("Places");
        group.MapGet("", (PlacesDataSet places) => Results.Json(places, Json))
            .WithName("GetPlaces")
            .WithSummary("The data set in use: city, counties, kinds, duties, targets and policies with their clauses");
        group.MapGet("/counties", (PlacesDataSet places) => Results.Json(places.Counties, Json))
            .WithName("GetCounties")
            .WithSummary("The counties with codes (GB/T 2260), names and cabinet quotas");
        group.MapGet("/venue-kinds", (PlacesDataSet places) => Results.Json(places.VenueKinds, Json))
            .WithName("GetPlacesVenueKinds")
            .WithSummary("The kinds of places of sale with their minimum shares and duties");
        group.MapGet("/channels", (PlacesDataSet places) => Results.Json(places.ChannelGroups, Json))
            .WithName("GetPlacesChannels")
            .WithSummary("The other ways of selling, in their groups");
        group.MapGet("/milestones", (PlacesDataSet places) => Results.Json(places.Milestones, Json))
            .WithName("GetPlacesMilestones")
            .WithSummary("The plan's dated steps, each with its force and clause");
        group.MapGet("/product-targets", (PlacesDataSet places) => Results.Json(places.ProductTargets, Json))
            .WithName("GetPlacesProductTargets")
            .WithSummary("Recognised products each county is to have; null where the plan leaves it open");
        group.MapGet("/weekly-report", (PlacesDataSet places) => Results.Json(places.WeeklyReport, Json))
            .WithName("GetPlacesWeeklyReport")
            .WithSummary("When the counties report");
        return routes;
    }

    /// <summary>Reads the data set when the host starts.</summary>
    private sealed class PlacesStart(PlacesDataSet dataSet) : IHostedService
    {
        /// <inheritdoc/>
        public Task StartAsync(CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(dataSet);
            return Task.CompletedTask;
        }

        /// <inheritdoc/>
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>Writes a code as its six digits.</summary>
    private sealed class CountyCodeConverter : JsonConverter<CountyCode>
    {
        /// <inheritdoc/>
        public override CountyCode Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            CountyCode.Parse(reader.GetString());

        /// <inheritdoc/>
        public override void Write(Utf8JsonWriter writer, CountyCode value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Value);
    }
}
