using System.Globalization;
using CsCheck;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Tests.Ledger;
using KioskFleet.Service.Tests.Storage;
using Xunit;

namespace KioskFleet.Service.Tests.Compliance;

/// <summary>
/// The oracle agrees with the service on amounts, shares, headroom, shortfall, standings and totals, for whatever
/// histories chance makes, in any of the shipped cities: refunds early, late, partial, above what was paid and across
/// windows; entries kept apart; cabinets that move; a catalogue and policies that change; corrections of listings and
/// mappings with effect in the past, and the re-judging that follows; steps; the edges of all kinds of windows.
/// </summary>
public sealed class OracleTests
{
    // A history asks thousands of small questions, and the way to a server and back is longer than the answer.
    private static int Histories => TestEngine.IsPostgreSql ? 200 : 2_000;

    [Fact]
    public async Task An_oracle_that_knows_no_running_totals_agrees_with_the_service_on_many_histories()
    {
        using var rig = new HistoryRig();
        var rejudged = 0L;
        await Gen.Int.SampleAsync(
            async seed => rejudged += await LiveAsync(rig, seed), iter: Histories, threads: 1);
        Assert.True(rejudged > Histories, $"Re-judgings changed no more than {rejudged} sales.");
    }

    private static async Task<long> LiveAsync(HistoryRig rig, int seed)
    {
        using var history = new History(rig, seed);
        var events = 8 + history.Chance.Below(40);
        for (var i = 0; i < events; i++)
        {
            history.GoOn();
            await HistoryEvent.HappenAsync(history);
            if (history.Chance.OneIn(12))
            {
                await history.RejudgeAsync();
                Compare(history);
            }
        }

        await HistoryEvent.DeliverAllAsync(history);
        await history.RejudgeAsync();
        Compare(history);
        for (var i = 0; i < 3; i++)
        {
            await history.Catalogue.CorrectListingAsync();
            await history.Catalogue.CorrectMappingAsync();
            await history.RejudgeAsync();
            Compare(history);
        }

        return history.Rejudged;
    }

    private static void Compare(History history)
    {
        var lines = OracleLedger.Read(history.Service.Database, history.Facts, JournalOnPaper.StartUtcMs);
        var (chance, zone) = (history.Chance, history.Service.Places.Zone);
        var kind = chance.Of(History.Kinds);
        var (window, at) = ((string?)kind, (string?)null);
        var asked = new OracleQuestion(kind, OracleStandings.LocalDay(history.Now), null, history.Now);
        switch (chance.Below(5))
        {
            case 0:
                break;
            case 4:
                // The window that the city's policy judges by today.
                window = null;
                asked = asked with { Kind = OracleStandings.WindowOfCity(history.Facts, asked.Day) };
                break;
            case 1 when !kind.Contains('-', StringComparison.Ordinal):
                // A window by its name, most likely over: judged by the policy of its last day.
                asked = asked with { Day = asked.Day.AddDays(-chance.Below(60)) };
                window = asked.Name;
                break;
            case 2:
                var past = history.Today.AddDays(-chance.Below(40));
                at = past.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
                asked = asked with
                {
                    Day = past.ToDateTime(default), UpTo = zone.StartOfUtcMs(past.AddDays(1)) - 1,
                };
                break;
            default:
                // The very millisecond of a sale, the one before it, or any other.
                var moment = lines.Count > 0 && !chance.OneIn(3)
                    ? chance.Of(lines).Utc - chance.Below(2)
                    : history.Now - (long)chance.Below(40 * 86_400) * 1_000;
                at = DateTimeOffset.FromUnixTimeMilliseconds(moment).ToString("O", CultureInfo.InvariantCulture);
                asked = asked with { Day = OracleStandings.LocalDay(moment), UpTo = moment, IsPartOfDay = true };
                break;
        }

        var oracle = new OracleStandings(history.Facts, lines, asked);
        var ask = Assert.IsType<WindowAsk.Windows>(history.Service.Reader.Understand(window, at));
        var filter = new StandingsFilter(null, null, 1, ComplianceLimits.MaxPageSize);
        Same(oracle.Cabinets(), history.Service.Reports.Page(ask, filter, false)!.Items.Select(Told), asked);
        var counties = history.Service.Places.Counties.Select(c => c.Code.Value);
        var places = history.Service.Reports.Places(ask, Enum.GetValues<PlaceLevel>(), false)!;
        Same(oracle.Places(counties, history.City), places.Items.Select(Told), asked);
    }

    private static void Same(IEnumerable<OracleRow> oracle, IEnumerable<string> service, OracleQuestion asked)
    {
        var (expected, actual) = (oracle.Select(r => r.ToString()).ToList(), service.ToList());
        var at = Enumerable.Range(0, Math.Max(expected.Count, actual.Count))
            .FirstOrDefault(i => expected.ElementAtOrDefault(i) != actual.ElementAtOrDefault(i), -1);
        Assert.True(at < 0, $"{asked}\noracle:  {expected.ElementAtOrDefault(at)}\n"
            + $"service: {actual.ElementAtOrDefault(at)}");
    }

    private static string Told(StandingRow row) => Told(
        $"{row.CabinetId} {row.OperatorId} {(row.CurrentOperator ? "current" : "former")} {row.CountyCode}",
        (row.AidFen, row.OrdinaryFen, row.UnmappedFen, row.ShareBasisPoints),
        $"{row.Standing} of {row.JudgedAidFen}/{row.JudgedTotalFen} +{row.HeadroomFen} -{Fen(row.ShortfallFen)}",
        row.PolicyId is null ? "nobody"
            : $"{row.PolicyId} {row.PolicyVersion} {row.ThresholdBasisPoints} {row.PolicyWindow}",
        row.Provisional);

    private static string Told(PlaceStanding place) => Told(
        $"{place.OperatorId} in {place.PlaceCode}",
        (place.AidFen, place.OrdinaryFen, place.UnmappedFen, place.ShareBasisPoints),
        $"{place.Standing} of {place.JudgedAidFen}/{place.JudgedTotalFen} +{place.HeadroomFen} "
        + $"-{Fen(place.ShortfallFen)}",
        place.PolicyId is null ? "nobody"
            : $"{place.PolicyId} {place.PolicyVersion} {place.ThresholdBasisPoints} {place.PolicyWindow}",
        place.Provisional);

    private static string Told(
        string who, (long Aid, long Ordinary, long Unmapped, long? Share) of, string standing, string policy,
        bool provisional) => $"{who}: {of.Aid}+{of.Ordinary}+{of.Unmapped} share {Fen(of.Share)} {standing} by "
        + $"{policy} {(provisional ? "provisional" : "final")}";

    private static string Fen(long? fen) => fen is { } number ? $"{number}" : "none";
}
