using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Patterns;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Tests.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Patterns;

/// <summary>
/// Silence is a finding only of cabinets that ought to speak, and only when somebody could hear them.
/// </summary>
public abstract class SilentCabinetTests : IDisposable
{
    private readonly BooksRig _books;
    private readonly SilentCabinets _check;

    protected SilentCabinetTests(string dataSet)
    {
        _books = new BooksRig(dataSet);
        _check = Make();
    }

    private int Hours =>
        _books.Places.Policies.First(p => p.VenueKind == PolicyBook.CabinetVenue).Checks.SilentHours;

    private TimeSpan Limit => TimeSpan.FromHours(Hours);

    public void Dispose()
    {
        _books.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void An_active_cabinet_is_silent_after_the_policy_s_hours_and_each_silence_is_another_finding()
    {
        var journal = Active("cab-1");
        _books.Time.Advance(Limit);
        Assert.Empty(Check().Found);
        _books.Time.Advance(TimeSpan.FromMilliseconds(1));
        var first = Assert.Single(Check().Found);
        Assert.Equal(("since 2020-08-31T16:00:00.0000000Z", "cab-1", "op-a", _books.County), (first.Subject,
            first.About.CabinetId, first.About.OperatorId, first.About.CountyCode));
        Assert.Contains("\"heardUtc\":null", first.Evidence, StringComparison.Ordinal);
        Assert.Contains($"\"silentHours\":{Hours}", first.Evidence, StringComparison.Ordinal);
        Assert.Equal(Hours + 1, first.Weight);
        Assert.Contains("\"heads\":[]", first.Evidence, StringComparison.Ordinal);
        var open = new OpenFinding(4, FindingKind.SilentCabinet, "cab-1", first.Subject);
        Assert.Empty(Check(open).Ended);
        _books.Hear(journal.Hello());
        Assert.Equal([open], Check(open).Ended);
        _books.Time.Advance(Limit + TimeSpan.FromSeconds(1));
        var second = Assert.Single(Check().Found);
        Assert.NotEqual(first.Subject, second.Subject);
        Assert.DoesNotContain("\"heardUtc\":null", second.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Registered_closed_and_retired_cabinets_are_never_silent()
    {
        _books.Cabinet("new");
        Active("shut");
        Active("gone");
        _books.Time.Advance(2 * Limit);
        Assert.Equal(["gone", "shut"], Check().Found.Select(f => f.About.CabinetId));
        SetLife("shut", CabinetLife.ClosedUntil, _books.Time.GetUtcNow().AddDays(30).ToUnixTimeMilliseconds());
        SetLife("gone", CabinetLife.Retired);
        var open = new OpenFinding(4, FindingKind.SilentCabinet, "shut", "since then");
        var check = Check(open);
        Assert.Empty(check.Found);
        Assert.Equal([open], check.Ended);
    }

    [Fact]
    public void After_a_closure_the_hours_count_from_its_end()
    {
        Active("cab-1");
        var end = _books.Time.GetUtcNow().AddDays(30);
        SetLife("cab-1", CabinetLife.ClosedUntil, end.ToUnixTimeMilliseconds());
        _books.Time.SetUtcNow(end + Limit);
        Assert.Empty(Check().Found);
        _books.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(Check().Found);

        // Opened early, they count from then.
        SetLife("cab-1", CabinetLife.Active);
        Assert.Empty(Check().Found);
    }

    [Fact]
    public void Nobody_is_silent_while_the_service_has_just_begun_to_listen()
    {
        Active("cab-1");
        _books.Time.Advance(2 * Limit);
        var restarted = Make();
        var open = new OpenFinding(
            4, FindingKind.SilentCabinet, "cab-1", Assert.Single(Check().Found).Subject);
        var check = Check(restarted, open);
        Assert.Empty(check.Found);
        Assert.Empty(check.Ended);
        _books.Time.Advance(TimeSpan.FromHours(1));
        Assert.Single(Check(restarted, open).Found);
    }

    [Fact]
    public void When_a_whole_fleet_is_silent_it_is_not_the_cabinets()
    {
        var journals = Enumerable.Range(0, 10).Select(i => Active($"cab-{i}")).ToList();
        _books.Time.Advance(2 * Limit);
        Assert.Empty(Check().Found);
        _books.Hear(journals[3].Hello());
        Assert.Equal(9, Check().Found.Count);
    }

    private SilentCabinets Make() => new(_books.Database, _books.Register,
        new CurrentPolicies(new PolicyBook(_books.Places.Policies)), _books.Time);

    private JournalOnPaper Active(string cabinet)
    {
        var journal = _books.Journal(cabinet);
        SetLife(cabinet, CabinetLife.Active);
        return journal;
    }

    private void SetLife(string cabinet, CabinetLife life, long? untilUtcMs = null)
    {
        var id = CabinetId.Parse(cabinet);
        using (var connection = _books.Database.OpenWriter())
        {
            FleetStore.SetLife(
                connection, id, life, untilUtcMs, _books.Time.GetUtcNow().ToUnixTimeMilliseconds());
        }

        _books.Register.Refresh([id]);
    }

    private FindingCheck Check(params OpenFinding[] open) => Check(_check, open);

    private FindingCheck Check(SilentCabinets check, params OpenFinding[] open)
    {
        var now = _books.Time.GetUtcNow().ToUnixTimeMilliseconds();
        return check.Check(new CheckMoment(now, _books.Places.Zone.DayOf(now)), open, BooksRig.Stop);
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouSilentCabinetTests() : SilentCabinetTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangSilentCabinetTests() : SilentCabinetTests("linjiang-2027");
