using System.Globalization;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Tests.Storage;
using Xunit;

namespace KioskFleet.Service.Tests.Findings;

public sealed class FindingQueriesTests : IDisposable
{
    private readonly TemporaryDatabase _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void The_same_subject_is_one_finding_seen_more_often()
    {
        Raise(FindingKind.Fork, "cab-1", "a", 1_000);
        Raise(FindingKind.Fork, "cab-1", "a", 2_000);
        Raise(FindingKind.Fork, "cab-2", "a", 3_000);
        var page = new FindingQueries(_files.Database).Read(new FindingFilter(Cabinet: "cab-1"), null, 10);
        var finding = Assert.Single(page.Items);
        Assert.Equal(("Fork", "a", 2L), (finding.Kind, finding.Subject, finding.Times));
        Assert.Equal(1_000, new DateTimeOffset(finding.OpenedUtc).ToUnixTimeMilliseconds());
        Assert.Equal(2_000, new DateTimeOffset(finding.LastUtc).ToUnixTimeMilliseconds());
        Assert.Equal("a", finding.Evidence.GetProperty("of").GetString());
        Assert.Null(page.NextBefore);
    }

    [Fact]
    public void Pages_go_back_to_the_first_finding_and_filters_hold()
    {
        for (var i = 0; i < 25; i++)
        {
            Raise(i % 2 == 0 ? FindingKind.Fork : FindingKind.SequenceGap, "cab-1",
                i.ToString(CultureInfo.InvariantCulture), i);
        }

        var queries = new FindingQueries(_files.Database);
        var seen = new List<string>();
        long? before = null;
        do
        {
            var page = queries.Read(new FindingFilter(FindingKind.Fork), before, 4);
            Assert.InRange(page.Items.Count, 1, 4);
            seen.AddRange(page.Items.Select(f => f.Subject));
            before = page.NextBefore;
        }
        while (before is not null);
        Assert.Equal(Enumerable.Range(0, 13).Select(i => $"{24 - 2 * i}"), seen);
        Assert.Empty(queries.Read(new FindingFilter(FindingKind.ClockImplausible), null, 4).Items);
        Assert.Single(queries.Read(new FindingFilter(), null, 0).Items);
    }

    private void Raise(FindingKind kind, string cabinet, string subject, long utcMs)
    {
        using var connection = _files.Database.OpenWriter();
        using var findings = new FindingTable(connection);
        findings.Raise(kind, CabinetId.Parse(cabinet), subject, $$"""{"of":"{{subject}}"}""", utcMs);
    }
}
