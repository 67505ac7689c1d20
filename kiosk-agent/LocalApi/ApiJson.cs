using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KioskFleet.Agent.LocalApi;

/// <summary>JSON of the local API, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(VendBody))]
[JsonSerializable(typeof(SaleRequestBody))]
[JsonSerializable(typeof(SettleBody))]
[JsonSerializable(typeof(OutcomeRequestBody))]
[JsonSerializable(typeof(SessionBody))]
[JsonSerializable(typeof(AdjustBody))]
[JsonSerializable(typeof(RefundRequestBody))]
[JsonSerializable(typeof(NonSaleRequestBody))]
[JsonSerializable(typeof(ApprovedAnswer))]
[JsonSerializable(typeof(RecordedAnswer))]
[JsonSerializable(typeof(ClosedAnswer))]
[JsonSerializable(typeof(IReadOnlyList<SellableAnswer>))]
[JsonSerializable(typeof(IReadOnlyList<StockAnswer>))]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(VendStateAnswer))]
[JsonSerializable(typeof(TelemetryTakenAnswer))]
[JsonSerializable(typeof(ApiProblem))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    private static readonly Lazy<ApiJson> LazyReadable = new(static () => new ApiJson(
        new JsonSerializerOptions(Default!.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));

    /// <summary>The context to use: Chinese stays readable; the content is JSON, never part of a page.</summary>
    public static ApiJson Readable => LazyReadable.Value;
}
