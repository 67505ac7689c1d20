using System.Text.Json;
using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Describing;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Cli;

/// <summary>
/// One entry as a line of JSON: where it stands, what it says, and its canonical bytes, from which everything else can
/// be proven again.
/// </summary>
internal static class EntryLine
{
    /// <summary>Writes the object.</summary>
    public static void Write(Utf8JsonWriter json, JournalId journal, StoredEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("journal", journal.ToString());
        json.WriteNumber("seq", entry.Seq);
        json.WriteString("hash", entry.Hash.ToString());
        json.WritePropertyName("entry");
        EntryJson.Write(entry.Bytes.Span, json);
        json.WriteBase64String("bytes", entry.Bytes.Span);
        json.WriteEndObject();
    }
}
