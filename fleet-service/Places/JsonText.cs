using System.Text.Json;

namespace KioskFleet.Service.Places;

/// <summary>Parses JSON that people sent, or notes why nothing of it can be read. Pure.</summary>
internal static class JsonText
{
    /// <summary>
    /// The document; null with a finding when it is no JSON, names a member twice, or holds half a character
    /// ("\ud800"): that may be written in JSON, and no text can hold it.
    /// </summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> json, List<DataSetFinding> findings)
    {
        try
        {
            var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (FindHalf(document.RootElement, "$") is not { } path)
            {
                return document;
            }

            document.Dispose();
            findings.Add(Half(path));
        }
        catch (JsonException error)
        {
            findings.Add(new DataSetFinding("$", $"text that is not JSON ({error.Message})", DataSetTexts.Of("Json")));
        }
        catch (InvalidOperationException)
        {
            // The parser reads the names of members itself, to compare them.
            findings.Add(Half("$"));
        }

        return null;
    }

    private static DataSetFinding Half(string path) =>
        new(path, "half a surrogate pair", DataSetTexts.Of("WholeCharacters"));

    private static string? FindHalf(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject()
            .Select(member => FindHalf(member.Value, $"{path}.{member.Name}")).OfType<string>().FirstOrDefault(),
        JsonValueKind.Array => element.EnumerateArray()
            .Select((item, at) => FindHalf(item, $"{path}[{at}]")).OfType<string>().FirstOrDefault(),
        JsonValueKind.String => CanRead(element) ? null : path,
        _ => null,
    };

    private static bool CanRead(JsonElement text)
    {
        try
        {
            return text.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
