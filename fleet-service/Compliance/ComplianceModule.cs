using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using KioskFleet.Service.Findings;

namespace KioskFleet.Service.Compliance;

/// <summary>
/// Registers standings, totals, editions and their findings, and the HTTP interface. Needs Storage, Places, Policies,
/// Catalogue and <see cref="IBilledFigures"/>.
/// </summary>
internal static class ComplianceModule
{
    /// <summary>How answers are written.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Adds the services.</summary>
    public static IServiceCollection AddCompliance(this IServiceCollection services)
    {
        services.AddSingleton<StandingsStore>();
        services.AddSingleton<StandingsQuery>();
        services.AddSingleton<MomentSalesStore>();
        services.AddSingleton<HeadsStore>();
        services.AddSingleton<ProvenSales>();
        services.AddSingleton<StandingsReader>();
        services.AddSingleton<StandingsReports>();
        services.AddSingleton<EditionStore>();
        services.AddSingleton<EditionLookStore>();
        services.AddSingleton<EditionDesk>();
        services.AddHostedService<EditionJob>();
        services.AddSingleton<IFindingSource, StandingFindings>();
        return services;
    }

    /// <summary>Maps <c>/api/v1/standings</c>, <c>/api/v1/totals</c> and <c>/api/v1/editions</c>.</summary>
    public static IEndpointRouteBuilder MapCompliance(this IEndpointRouteBuilder routes)
    {
        StandingEndpoints.Map(routes);
        EditionEndpoints.Map(routes);
        return routes;
    }
}
