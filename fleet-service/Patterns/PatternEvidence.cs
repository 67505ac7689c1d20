using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Findings;

namespace KioskFleet.Service.Patterns;

/// <summary>An entry that shows a pattern, as evidence.</summary>
/// <param name="Journal">The journal that holds it.</param>
/// <param name="Seq">Its number there.</param>
/// <param name="VendId">The vend it settles.</param>
/// <param name="UtcMs">When, Unix milliseconds UTC.</param>
/// <param name="AmountFen">What was paid for the whole sale, in fen; of a non-sale its usual price.</param>
internal sealed record ExampleEntry(string Journal, ulong Seq, string VendId, long UtcMs, long AmountFen);

/// <summary>The head of a journal of the cabinet when it was read.</summary>
internal sealed record JournalHead(string Journal, ulong Seq, string Hash);

/// <summary>What the evidence rests on beside the figures.</summary>
/// <param name="CatalogueVersion">The catalogue in force.</param>
/// <param name="Examples">Entries that show it.</param>
/// <param name="Heads">Heads of the cabinet's journals.</param>
internal sealed record EvidenceGround(
    long CatalogueVersion, IReadOnlyList<ExampleEntry> Examples, IReadOnlyList<JournalHead> Heads);

/// <summary>The evidence of patterns, as JSON. Pure.</summary>
internal static class PatternEvidence
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    /// <summary>All that a pattern rests on.</summary>
    public static string Of(
        FindingKind kind, WatchedWindow window, PatternFound found, WindowAmounts amounts, EvidenceGround ground)
    {
        var words = PatternWords.Found(kind, found.Words);
        var evidence = new JsonObject
        {
            ["words"] = new JsonObject { ["zh"] = words.Zh, ["en"] = words.En },
            ["window"] = new JsonObject
            {
                ["name"] = window.Window.Name,
                ["from"] = Day(window.Window.From),
                ["to"] = Day(window.Window.To),
                ["ended"] = window.HasEnded,
            },
            ["operator"] = window.OperatorId,
            ["figures"] = found.Figures,
            ["thresholds"] = Thresholds(PatternThresholds.Of(kind, window.Terms)),
            ["share"] = Share(window, amounts.AidFen, amounts.TotalFen),
        };
        if (found.StagedAidFen is { } staged)
        {
            evidence["shareWithout"] = Share(window, amounts.AidFen - staged, amounts.TotalFen - staged);
        }

        evidence["policy"] = new JsonObject { ["id"] = window.Policy.Id, ["version"] = window.Policy.Version };
        evidence["catalogueVersion"] = ground.CatalogueVersion;
        evidence["examples"] = new JsonArray([.. ground.Examples.Select(example => (JsonNode)new JsonObject
        {
            ["journal"] = example.Journal,
            ["seq"] = example.Seq,
            ["vendId"] = example.VendId,
            ["utc"] = Utc(example.UtcMs),
            ["amountFen"] = example.AmountFen,
        })]);
        evidence["heads"] = Heads(ground.Heads);
        return Text(evidence);
    }

    /// <summary>Heads of journals.</summary>
    public static JsonArray Heads(IReadOnlyList<JournalHead> heads) => new([.. heads.Select(head => new JsonObject
    {
        ["journal"] = head.Journal,
        ["seq"] = head.Seq,
        ["hash"] = head.Hash,
    })]);

    /// <summary>What figures were compared with.</summary>
    public static JsonObject Thresholds(IReadOnlyList<Threshold> thresholds) =>
        new(thresholds.Select(threshold => KeyValuePair.Create(threshold.Name, (JsonNode?)threshold.Value)));

    /// <summary>How amounts stand by a window's policy.</summary>
    public static JsonObject Share(WatchedWindow window, long aidFen, long totalFen) => new()
    {
        ["aidFen"] = aidFen,
        ["totalFen"] = totalFen,
        ["shareBasisPoints"] = AidShareRule.ShareBasisPoints(aidFen, totalFen),
        ["thresholdBasisPoints"] = window.Policy.ThresholdOn(window.JudgedOn),
        ["standing"] = window.StandingOf(aidFen, totalFen).ToString(),
    };

    /// <summary>Evidence as it is stored: Chinese stays readable.</summary>
    public static string Text(JsonObject evidence) => evidence.ToJsonString(Readable);

    /// <summary>The text of a moment.</summary>
    public static string Utc(long utcMs) => DateTimeOffset.FromUnixTimeMilliseconds(utcMs).UtcDateTime.ToString("O");

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
