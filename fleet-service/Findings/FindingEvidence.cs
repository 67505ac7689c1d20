using System.Text.Json.Nodes;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receiving;
using KioskFleet.Service.Ledger;

namespace KioskFleet.Service.Findings;

/// <summary>The evidence of each kind of finding, as JSON. Pure.</summary>
internal static class FindingEvidence
{
    /// <summary>A boot whose wall clock was not believed.</summary>
    public static string Clock(ulong seq, in JudgedEntry judged) => new JsonObject
    {
        ["boot"] = judged.Header.Time.Boot.ToString(),
        ["firstSeq"] = seq,
        ["wallUtc"] = Instant(judged.Header.Time.WallUtcMs),
        ["datedUtc"] = Instant(judged.UtcMs),
    }.ToJsonString();

    /// <summary>An entry kept apart.</summary>
    public static string Quarantine(JournalId journal, ulong seq, QuarantineReason reason) => new JsonObject
    {
        ["journal"] = journal.ToString(),
        ["firstSeq"] = seq,
        ["reason"] = reason.ToString(),
    }.ToJsonString();

    /// <summary>Numbers that are gone.</summary>
    public static string Gap(JournalId journal, SkippedRange gap) => new JsonObject
    {
        ["journal"] = journal.ToString(),
        ["firstMissing"] = gap.First,
        ["lastMissing"] = gap.Last,
    }.ToJsonString();

    /// <summary>A journal that got a successor.</summary>
    public static string Succession(JournalId successor, SuccessionBody succession) => new JsonObject
    {
        ["predecessor"] = succession.Predecessor.ToString(),
        ["successor"] = successor.ToString(),
        ["reason"] = succession.Reason.ToString(),
        ["lastCommonSeq"] = succession.LastCommon.Seq,
        ["lastCommonHash"] = succession.LastCommon.Hash.ToString(),
        ["carried"] = succession.Carried,
        ["salvaged"] = succession.Salvaged,
        ["detail"] = succession.Detail,
    }.ToJsonString();

    /// <summary>A line of which more was given back than paid. Amounts in fen.</summary>
    public static string RefundAbovePaid(string vendId, int line, long paidFen, long refundedFen) =>
        new JsonObject
        {
            ["vendId"] = vendId,
            ["line"] = line,
            ["paidFen"] = paidFen,
            ["refundedFen"] = refundedFen,
        }.ToJsonString();

    /// <summary>What the ledger proof says.</summary>
    public static string Proof(ProofProblem problem) => new JsonObject { ["detail"] = problem.Detail }.ToJsonString();

    private static string Instant(long utcMs) => utcMs is > -62_135_596_800_000 and < 253_402_300_800_000
        ? DateTimeOffset.FromUnixTimeMilliseconds(utcMs).UtcDateTime.ToString("O")
        : $"{utcMs} ms";
}
