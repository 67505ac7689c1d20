using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace KioskFleet.Simulators.Terminal;

/// <summary>
/// Writes a run's result as JSON: camel case, indented, Chinese left readable, UTF-8 with a line feed at the end. A
/// reader sees the old file or the whole new one, never a part: it is written beside its place and renamed into it.
/// </summary>
internal static class JsonResultFile
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Writes the result.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="result">The result.</param>
    /// <exception cref="IOException">It cannot be written; an earlier file is then untouched.</exception>
    /// <exception cref="UnauthorizedAccessException">
    /// It may not be written; an earlier file is then untouched.
    /// </exception>
    public static void Write<T>(string path, T result)
    {
        var full = Path.GetFullPath(path);
        var beside = full + ".part";
        try
        {
            using (var stream = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                JsonSerializer.Serialize(stream, result, Options);
                stream.WriteByte((byte)'\n');
                stream.Flush(flushToDisk: true);
            }

            File.Move(beside, full, overwrite: true);
        }
        finally
        {
            // After the rename there is nothing left; after a failure the part must not stay.
            File.Delete(beside);
        }
    }
}
