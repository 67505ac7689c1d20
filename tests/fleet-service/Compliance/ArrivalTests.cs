using System.Text;
using System.Text.Json;
using CsCheck;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Tests.Ledger;
using KioskFleet.Service.Tests.Storage;
using Xunit;

namespace KioskFleet.Service.Tests.Compliance;

/// <summary>Whatever the order of arrival, every report has the same bytes.</summary>
public sealed class ArrivalTests
{
    // A history asks thousands of small questions, and the way to a server and back is longer than the answer.
    private static int Histories => TestEngine.IsPostgreSql ? 30 : 150;

    private static readonly string[] Windows = ["day", "week", "month", "quarter", "trailing-30", "since-launch"];

    [Fact]
    public async Task The_same_entries_shuffled_and_cut_into_other_batches_give_byte_identical_reports()
    {
        using var rig = new HistoryRig();
        var provisional = 0;
        var final = 0;
        await Gen.Int.SampleAsync(async seed =>
        {
            using var history = new History(rig, seed);
            for (var i = 20 + history.Chance.Below(30); i > 0; i--)
            {
                history.GoOn();
                await HistoryEvent.HappenWithoutDeliveryAsync(history);
            }

            var (book, now) = (history.Service.Policies.Book, history.Now + 20 * JournalOnPaper.DayMs);
            var first = await ArriveAsync(rig, history, (book, now), inOrder: true);
            var second = await ArriveAsync(rig, history, (book, now), inOrder: false);
            Assert.Equal(first.Keys, second.Keys);
            Assert.All(first, report => Assert.Equal(report.Value, second[report.Key]));
            final += first.Keys.Count(k => k.StartsWith("edition final", StringComparison.Ordinal));
            provisional += first.Keys.Count(k => k.StartsWith("edition provisional", StringComparison.Ordinal));
        }, iter: Histories, threads: 1);
        Assert.True(
            final > Histories * 2 / 3 && provisional > Histories * 2 / 3,
            $"{final} final and {provisional} provisional editions");
    }

    /// <summary>
    /// A service of its own gets everything that the history's journals hold, its register and catalogue in another
    /// order too, and tells all its reports.
    /// </summary>
    private static async Task<SortedDictionary<string, string>> ArriveAsync(
        HistoryRig rig, History history, (PolicyBook Book, long Now) at, bool inOrder)
    {
        using var service = new HistoryService(rig, history.Service.Places);
        service.Policies.Replace(at.Book);
        service.Catalogue.Replace(history.Service.Catalogue.Snapshot);
        service.Clock.UtcMs = at.Now;
        var chance = history.Chance;
        var cabinets = history.Facts.Assignments.GroupBy(a => a.Cabinet);
        foreach (var cabinet in inOrder ? cabinets : chance.Shuffled(cabinets))
        {
            foreach (var assignment in cabinet)
            {
                service.Assign(assignment.Cabinet, assignment.Operator, assignment.County, assignment.From);
            }
        }

        await DeliverAsync(service, history.Journals, inOrder ? null : chance);
        foreach (var journal in history.Journals)
        {
            service.Hear(journal);
        }

        return await TellAsync(service, history);
    }

    private static async Task DeliverAsync(
        HistoryService service, IReadOnlyList<JournalOnPaper> journals, Chance? chance)
    {
        var heads = journals.ToDictionary(j => j, _ => 0UL);
        while (journals.Where(j => heads[j] < j.Count).ToList() is { Count: > 0 } waiting)
        {
            var pieces = new List<(JournalOnPaper, ulong, ulong)>();
            foreach (var journal in chance is null ? waiting : chance.Shuffled(waiting).Take(1 + chance.Below(2)))
            {
                var last = chance is null
                    ? journal.Count
                    : Math.Min(journal.Count, heads[journal] + 1 + (ulong)chance.Below(6));
                pieces.Add((journal, heads[journal] + 1, last));
                heads[journal] = last;
            }

            await service.Commit(pieces);
        }
    }

    private static async Task<SortedDictionary<string, string>> TellAsync(HistoryService service, History history)
    {
        var (day, partOfDay) = ($"{history.Start.AddDays(19):yyyy-MM-dd}",
            $"{history.Start.AddDays(9):yyyy-MM-dd}T13:00:00+08:00");
        var reports = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var stop = TestContext.Current.CancellationToken;
        foreach (var edition in await service.EditionDesk.RunDueAsync(stop))
        {
            reports[$"edition final {edition.Window.Name}"] =
                Encoding.UTF8.GetString(service.Editions.Content(edition.EditionId)!);
        }

        foreach (var name in Windows)
        {
            var window = service.Query.Window(name)!;
            if (await service.EditionDesk.MakeAsync(window, "tester", stop) is EditionOutcome.Made made)
            {
                reports[$"edition provisional {name}"] =
                    Encoding.UTF8.GetString(service.Editions.Content(made.Edition.EditionId)!);
            }

            reports[$"counties {name}"] = Json(service.Query.Counties(window));
            reports[$"city {name}"] = Json(service.Query.City(window));
            foreach (var at in new[] { null, day, partOfDay })
            {
                var ask = (WindowAsk.Windows)service.Reader.Understand(name, at);
                var filter = new StandingsFilter(null, null, 1, ComplianceLimits.MaxPageSize);
                reports[$"standings {name} {at}"] = Json(service.Reports.Page(ask, filter, projected: true));
                reports[$"places {name} {at}"] = Json(service.Reports.Places(ask, Enum.GetValues<PlaceLevel>(), true));
                foreach (var cabinet in history.Facts.Assignments.Select(a => a.Cabinet).Distinct())
                {
                    reports[$"standing {name} {at} {cabinet}"] = Json(service.Reports.OfCabinet(ask, cabinet));
                }
            }
        }

        return reports;
    }

    private static string Json<T>(T answer) => JsonSerializer.Serialize(answer, ComplianceModule.Json);
}
