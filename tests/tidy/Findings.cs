using Xunit;

namespace KioskFleet.Tidy.Tests;

/// <summary>Turns the findings of a rule into the outcome of a test.</summary>
internal static class Findings
{
    /// <summary>Fails with all findings, one per line.</summary>
    public static void AssertNone(IEnumerable<string> findings)
    {
        var all = findings.ToList();
        Assert.True(all.Count == 0, $"{all.Count} finding(s):\n{string.Join('\n', all)}");
    }

    /// <summary>Shows that a rule finds in a sample exactly what it must, by a piece of each finding's text.</summary>
    public static void AssertThat(IEnumerable<string> findings, params string[] pieces)
    {
        var all = findings.ToList();
        Assert.True(
            all.Count == pieces.Length && all.Zip(pieces).All(pair => pair.First.Contains(pair.Second)),
            $"expected: {string.Join(" | ", pieces)}\nfound:\n{string.Join('\n', all)}");
    }
}
