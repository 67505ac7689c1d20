using System.Text.Json;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Journal;

/// <summary>A journal that ended.</summary>
/// <param name="Id">The journal.</param>
/// <param name="File">Its file's name in the folder, as it is or will be after it was set aside.</param>
/// <param name="LastCommon">The last head that agent and service are known to share: entries up to it can be
/// refilled.</param>
/// <param name="EndedWallUtcMs">When it ended, by the wall clock.</param>
internal sealed record EndedJournal(JournalId Id, string File, Head LastCommon, long EndedWallUtcMs);

/// <summary>Why the current journal was begun in place of the last predecessor.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Detail">The words of the check.</param>
internal sealed record BegunSuccession(SuccessionReason Reason, string Detail);

/// <summary>
/// The file <c>current.json</c>: which journal is current, and which came before. Written whole (temporary file, fsync,
/// rename, fsync of the directory) before the journal it names is used. While <see cref="IsBeginning"/> is true the
/// current journal has answered nothing yet, and its making is gone on with at the next start.
/// </summary>
/// <param name="Current">The current journal.</param>
/// <param name="IsBeginning">True until the current journal's file is whole.</param>
/// <param name="Succession">Null for the first journal.</param>
/// <param name="Ended">Predecessors, oldest first.</param>
internal sealed record JournalPointer(
    JournalId Current, bool IsBeginning, BegunSuccession? Succession, IReadOnlyList<EndedJournal> Ended)
{
    private const int Version = 1;

    /// <summary>The path of the pointer file.</summary>
    public static string PathIn(string directory) => Path.Combine(directory, "current.json");

    /// <summary>Makes it durable.</summary>
    public void Save(string directory)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("current", Current.ToString());
            json.WriteBoolean("beginning", IsBeginning);
            if (Succession is not null)
            {
                json.WriteNumber("reason", (int)Succession.Reason);
                json.WriteString("detail", Succession.Detail);
            }

            json.WriteStartArray("predecessors");
            foreach (var ended in Ended)
            {
                json.WriteStartObject();
                json.WriteString("id", ended.Id.ToString());
                json.WriteString("file", ended.File);
                json.WriteStartObject("lastCommon");
                json.WriteNumber("seq", ended.LastCommon.Seq);
                json.WriteString("hash", ended.LastCommon.Hash.ToString());
                json.WriteEndObject();
                json.WriteNumber("endedWallUtcMs", ended.EndedWallUtcMs);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        DurableFiles.Replace(PathIn(directory), buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    /// <summary>Reads the pointer; null when the content is not one.</summary>
    public static JournalPointer? Parse(byte[] content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            if (root.GetProperty("version").GetInt32() != Version)
            {
                return null;
            }

            var succession = root.TryGetProperty("reason", out var reason)
                ? new BegunSuccession((SuccessionReason)reason.GetByte(), root.GetProperty("detail").GetString() ?? "")
                : null;
            return new JournalPointer(JournalId.Parse(root.GetProperty("current").GetString()),
                root.GetProperty("beginning").GetBoolean(), succession,
                [.. root.GetProperty("predecessors").EnumerateArray().Select(ReadEnded)]);
        }
        catch (Exception error) when (error is JsonException or FormatException or KeyNotFoundException
            or InvalidOperationException)
        {
            // A damaged pointer is found again from the journal files.
            return null;
        }
    }

    private static EndedJournal ReadEnded(JsonElement ended)
    {
        var common = ended.GetProperty("lastCommon");
        return new EndedJournal(JournalId.Parse(ended.GetProperty("id").GetString()),
            ended.GetProperty("file").GetString() ?? "",
            new Head(common.GetProperty("seq").GetUInt64(),
                Digest.TryParse(common.GetProperty("hash").GetString(), out var hash)
                    ? hash
                    : throw new FormatException("The last common hash is not a hash.")),
            ended.GetProperty("endedWallUtcMs").GetInt64());
    }
}
