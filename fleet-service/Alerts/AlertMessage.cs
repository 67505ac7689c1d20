using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace KioskFleet.Service.Alerts;

/// <summary>Writes and reads the bodies of messages. Pure.</summary>
internal static class AlertMessage
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    /// <summary>A notice as JSON.</summary>
    public static string Notice(AlertNotice notice) => JsonSerializer.Serialize(notice, Json);

    /// <summary>The body of a message: its id and its notices, each as it was put down.</summary>
    public static string Body(string messageId, IEnumerable<string> notices) =>
        $$"""{"messageId":{{JsonSerializer.Serialize(messageId)}},"notices":[{{string.Join(',', notices)}}]}""";

    /// <summary>The notices of a body.</summary>
    public static IReadOnlyList<AlertNotice> Notices(string body)
    {
        using var document = JsonDocument.Parse(body);
        return [.. document.RootElement.GetProperty("notices").EnumerateArray()
            .Select(notice => notice.Deserialize<AlertNotice>(Json)!)];
    }
}
