using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace KioskFleet.Service.Catalogue;

/// <summary>How the catalogue writes JSON: names and words in camelCase, Chinese as it is. Thread-safe.</summary>
internal static class CatalogueJson
{
    /// <summary>The options.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    /// <summary>A value as JSON text.</summary>
    public static string Text(object value) => JsonSerializer.Serialize(value, value.GetType(), Options);

    /// <summary>A word of a closed set as the interface writes it.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => Camel(value.ToString());

    /// <summary>A name of the code as the interface writes it.</summary>
    public static string Camel(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    /// <summary>A moment as the interface writes it.</summary>
    public static DateTimeOffset Utc(long utcMs) => DateTimeOffset.FromUnixTimeMilliseconds(utcMs);

    /// <summary>A moment or null.</summary>
    public static DateTimeOffset? Utc(long? utcMs) => utcMs is { } moment ? Utc(moment) : null;
}
