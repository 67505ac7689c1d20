using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Compliance;

/// <summary>The head of a journal.</summary>
/// <param name="Journal">The journal, 32 hexadecimal digits.</param>
/// <param name="Seq">Number of its last committed entry.</param>
/// <param name="Hash">That entry's hash, 64 hexadecimal digits.</param>
internal sealed record HeadShown(string Journal, long Seq, string Hash);

/// <summary>Reads the heads of journals: what figures stand on. Only reads. Thread-safe.</summary>
internal sealed class HeadsStore(FleetDatabase database)
{
    /// <summary>The heads of one cabinet's journals, by journal.</summary>
    public IReadOnlyList<HeadShown> Of(string cabinetId)
    {
        using var connection = database.OpenReader();
        return [.. Read(connection, cabinetId).Select(h => h.Head)];
    }

    /// <summary>The heads of all cabinets, each cabinet's by journal.</summary>
    public ILookup<string, HeadShown> All()
    {
        using var connection = database.OpenReader();
        return Read(connection, null).ToLookup(h => h.Cabinet, h => h.Head, StringComparer.Ordinal);
    }

    /// <summary>The digest of all heads.</summary>
    public string Digest()
    {
        using var connection = database.OpenReader();
        return DigestOf(Read(connection, null));
    }

    /// <summary>
    /// SHA-256 over one line "cabinet journal seq hash" per head, by cabinet and journal, each ended by a line feed:
    /// the order of arrival leaves no trace in it.
    /// </summary>
    public static string DigestOf(IEnumerable<(string Cabinet, HeadShown Head)> heads)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (cabinet, head) in heads)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"{cabinet} {head.Journal} {head.Seq} {head.Hash}\n")));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static List<(string Cabinet, HeadShown Head)> Read(FleetConnection connection, string? cabinetId)
    {
        using var query = connection.Prepare(cabinetId is null
            ? "SELECT cabinet_id, journal_id, head_seq, head_hash FROM journals ORDER BY cabinet_id, journal_id"
            : """
              SELECT cabinet_id, journal_id, head_seq, head_hash FROM journals WHERE cabinet_id = ?1
              ORDER BY journal_id
              """);
        if (cabinetId is not null)
        {
            query.Set(1, cabinetId);
        }

        var heads = new List<(string, HeadShown)>();
        while (query.Next())
        {
            heads.Add((query.Text(0),
                new HeadShown(query.Journal(1).ToString(), query.Long(2), Convert.ToHexStringLower(query.Bytes(3)))));
        }

        return heads;
    }
}
