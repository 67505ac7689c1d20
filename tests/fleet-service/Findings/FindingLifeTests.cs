using System.Data.Common;
using CsCheck;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Ledger;
using KioskFleet.Service.Tests.Places;
using KioskFleet.Service.Tests.Storage;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace KioskFleet.Service.Tests.Findings;

/// <summary>The life of a finding: the table of transitions, and what is written of each step.</summary>
public sealed class FindingLifeTests : IDisposable
{
    private readonly TemporaryDatabase _files = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_000_000));

    private FindingDesk Desk => new(_files.Database, _time);

    private FindingQueries Queries => new(_files.Database);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _files.Dispose();

    [Fact]
    public void The_table_holds_exactly_these_transitions()
    {
        var legal = from state in Enum.GetValues<FindingState>()
                    from step in Enum.GetValues<FindingStep>()
                    where FindingLifeRule.After(state, step) is not null
                    select $"{state} {step} {FindingLifeRule.After(state, step)}";
        Assert.Equal(
            [
                "Open Acknowledge Acknowledged", "Open Explain Explained", "Open End Closed",
                "Acknowledged Explain Explained", "Acknowledged CloseMended Closed",
                "Acknowledged CloseMistaken Closed", "Acknowledged End Closed", "Explained Explain Explained",
                "Explained CloseMended Closed", "Explained CloseAccepted Closed", "Explained CloseMistaken Closed",
                "Explained Reopen Open", "Explained End Closed", "Closed Reopen Open", "Closed FindAgain Open",
            ],
            legal);
    }

    [Fact]
    public void From_every_state_a_person_can_go_on_and_only_by_legal_steps()
    {
        foreach (var state in Enum.GetValues<FindingState>())
        {
            var allowed = FindingLifeRule.AllowedFrom(state);
            Assert.NotEmpty(allowed);
            Assert.All(allowed, step => Assert.NotNull(FindingLifeRule.After(state, step)));
            Assert.DoesNotContain(FindingStep.End, allowed);
            Assert.DoesNotContain(FindingStep.FindAgain, allowed);
        }
    }

    [Fact]
    public void What_was_accepted_opens_again_exactly_when_it_grew_by_more_than_allowed() =>
        Gen.Select(Gen.Long[0, 1_000_000_000_000], Gen.Long[0, 1_000_000_000_000], Gen.Int[0, 1_000],
                Gen.Bool)
            .Sample((then, now, percent, isAccepted) =>
                FindingLifeRule.OpensAgain(isAccepted ? FindingClosure.Accepted : FindingClosure.Mistaken,
                    isHappening: false, then, now, percent)
                    == now * 100m > then * (100m + percent)
                && FindingLifeRule.OpensAgain(FindingClosure.Accepted, isHappening: true, then, now, percent)
                && FindingLifeRule.OpensAgain(FindingClosure.Mended, isHappening: false, then, now, percent)
                && FindingLifeRule.OpensAgain(FindingClosure.Ended, isHappening: false, then, now, percent));

    [Fact]
    public void Any_walk_through_the_life_is_kept_step_by_step_as_the_table_says() =>
        Gen.Enum<FindingStep>().Array[0, 12].Sample(
            walk =>
            {
                using var files = new TemporaryDatabase();
                using var connection = files.Database.OpenWriter();
                using var table = new FindingTable(connection);
                table.Raise(Draft(1), 1, 0);
                var state = FindingState.Open;
                var taken = new List<FindingStep>();
                foreach (var step in walk)
                {
                    var (from, to) = table.Take(1, step, "", (2, "anna"));
                    Assert.Equal((state, FindingLifeRule.After(state, step)), (from, to));
                    if (to is { } next)
                    {
                        (state, _) = (next, step);
                        taken.Add(step);
                    }
                }

                var finding = new FindingQueries(files.Database).Find(1)!;
                Assert.Equal(state, finding.Finding.State);
                Assert.Equal(taken, finding.Steps.Select(s => s.Step));
                Assert.Equal(state == FindingState.Closed, finding.Finding.ClosedAs is not null);
            },
            iter: 30, threads: 1);

    [Fact]
    public async Task Each_step_is_kept_with_who_when_why_and_the_evidence_as_it_stood_and_is_in_the_audit_log()
    {
        Raise(Draft(5, """{"n":5}"""));
        Assert.IsType<FindingOutcome.Done>(await Desk.TakeAsync(1, FindingStep.Acknowledge, null, "anna", Stop));
        Raise(Draft(7, """{"n":7}"""));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<FindingOutcome.Done>(
            await Desk.TakeAsync(1, FindingStep.Explain, " 节日\n促销 ", "operator a", Stop));
        var found = Queries.Find(1)!;
        Assert.Equal((FindingState.Explained, 2L), (found.Finding.State, found.Finding.Times));
        Assert.Equal(
            [FindingStep.Explain, FindingStep.CloseMended, FindingStep.CloseAccepted, FindingStep.CloseMistaken,
                FindingStep.Reopen],
            found.Allowed);
        Assert.Equal(
            [
                (FindingStep.Acknowledge, FindingState.Open, FindingState.Acknowledged, "anna", "", 5),
                (FindingStep.Explain, FindingState.Acknowledged, FindingState.Explained, "operator a", "节日\n促销", 7),
            ],
            found.Steps.Select(s => (s.Step, s.From, s.To, s.By, s.Words, s.Evidence.GetProperty("n").GetInt32())));
        Assert.Equal(TimeSpan.FromSeconds(1), found.Steps[1].AtUtc - found.Steps[0].AtUtc);
        var audit = new KioskFleet.Service.Access.AuditLog(_files.Database).Read("finding:1", null, 10);
        Assert.Equal([("operator a", "finding.Explain"), ("anna", "finding.Acknowledge")],
            audit.Select(row => (row.Actor, row.Action)));
        Assert.Contains("促销", audit[0].AfterJson, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_illegal_step_names_state_and_what_is_allowed_and_changes_nothing()
    {
        Raise(Draft(1));
        var illegal = Assert.IsType<FindingOutcome.Illegal>(
            await Desk.TakeAsync(1, FindingStep.CloseAccepted, "because", "anna", Stop));
        Assert.Equal((FindingState.Open, FindingStep.Acknowledge), (illegal.State, illegal.Allowed[0]));
        Assert.Empty(Queries.Find(1)!.Steps);
        Assert.Empty(new KioskFleet.Service.Access.AuditLog(_files.Database).Read(null, null, 10));
        Assert.IsType<FindingOutcome.Unknown>(await Desk.TakeAsync(2, FindingStep.Acknowledge, "", "anna", Stop));
        Assert.IsType<FindingOutcome.BadWords>(await Desk.TakeAsync(1, FindingStep.Explain, "  ", "anna", Stop));
        Assert.IsType<FindingOutcome.BadWords>(
            await Desk.TakeAsync(1, FindingStep.Explain, new string('x', FindingDesk.MaxWords + 1), "anna", Stop));
        Assert.IsType<FindingOutcome.BadWords>(await Desk.TakeAsync(1, FindingStep.Explain, "a\0b", "anna", Stop));
    }

    [Fact]
    public void Steps_are_append_only_even_for_who_writes_SQL()
    {
        using var connection = _files.Database.OpenWriter();
        using var table = new FindingTable(connection);
        table.Raise(Draft(1), 1, 0);
        table.Take(1, FindingStep.Acknowledge, "", (2, "anna"));
        Assert.ThrowsAny<DbException>(() => _files.Run("UPDATE finding_steps SET made_by = 'otto'"));
        Assert.ThrowsAny<DbException>(() => _files.Run("DELETE FROM finding_steps"));
        Assert.Equal("anna", Queries.Find(1)!.Steps[0].By);
    }

    [Theory]
    [InlineData("CloseMended", 10, true)]
    [InlineData("CloseAccepted", 10, false)]
    [InlineData("CloseAccepted", 12, false)]
    [InlineData("CloseAccepted", 13, true)]
    [InlineData("CloseMistaken", 12, false)]
    [InlineData("CloseMistaken", 13, true)]
    [InlineData("End", 1, true)]
    public void A_closed_finding_that_is_found_again_keeps_its_number_and_opens_by_how_it_was_closed(
        string closing, long weightNow, bool opens)
    {
        Raise(Draft(10));
        Take(FindingStep.Explain);
        Take(Enum.Parse<FindingStep>(closing));
        var raised = Raise(Draft(weightNow, """{"n":2}"""), worseByPercent: 25);
        var again = Queries.Find(1)!;
        Assert.Equal(opens ? FindingState.Open : FindingState.Closed, again.Finding.State);
        Assert.Equal(opens ? FindingRaised.OpenedAgain : FindingRaised.SeenAgain, raised);
        Assert.Equal((2L, 2), (again.Finding.Times, again.Finding.Evidence.GetProperty("n").GetInt32()));
        Assert.Equal(opens,
            again.Steps[^1] is { Step: FindingStep.FindAgain, By: FindingTable.Service });

        // Found once more after it was opened, it is only seen again.
        Assert.Equal(FindingRaised.SeenAgain, Raise(Draft(weightNow), worseByPercent: 25));
    }

    [Fact]
    public void What_ingest_raises_opens_again_only_when_each_time_is_another_happening()
    {
        foreach (var kind in (FindingKind[])[FindingKind.EntryQuarantined, FindingKind.ClockImplausible])
        {
            RaiseByIngest(kind);
        }

        foreach (var id in (long[])[1, 2])
        {
            Take(FindingStep.Explain, id);
            Take(FindingStep.CloseAccepted, id);
        }

        foreach (var kind in (FindingKind[])[FindingKind.EntryQuarantined, FindingKind.ClockImplausible])
        {
            RaiseByIngest(kind);
        }

        Assert.Equal((FindingState.Open, FindingState.Closed),
            (Queries.Find(1)!.Finding.State, Queries.Find(2)!.Finding.State));
    }

    [Fact]
    public void What_is_found_again_by_ingest_keeps_its_first_evidence_unless_the_newest_holds_it()
    {
        using var connection = _files.Database.OpenWriter();
        using var table = new FindingTable(connection);
        var cabinet = Protocol.Identity.CabinetId.Parse("cab-1");
        foreach (var n in (int[])[1, 2])
        {
            table.Raise(FindingKind.EntryQuarantined, cabinet, "s", $$"""{"n":{{n}}}""", n);
            table.RaiseNewest(FindingKind.RefundAbovePaid, cabinet, "s", $$"""{"n":{{n}}}""", n, n);
        }

        Assert.Equal((1, 2), (Evidence(1), Evidence(2)));

        int Evidence(long id) => Queries.Find(id)!.Finding.Evidence.GetProperty("n").GetInt32();
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task A_cabinet_s_finding_names_the_operator_and_county_of_its_assignment(string dataSet)
    {
        using var books = new BooksRig(dataSet);
        var journal = books.Journal();
        journal.Sell("", ("tea", 100));
        await books.Commit(journal);
        books.Assign(journal.Cabinet.Id, "op-b", BooksRig.StartUtcMs + 1);
        var finding = Assert.Single(new FindingQueries(books.Database).Read(new FindingFilter(), null, 10).Items);
        Assert.Equal(("EntryQuarantined", "op-a", books.County, FindingState.Open),
            (finding.Kind, finding.Operator, finding.County, finding.State));
        var queries = new FindingQueries(books.Database);
        Assert.Single(queries.Read(new FindingFilter(Operator: "op-a", County: books.County), null, 10).Items);
        Assert.Empty(queries.Read(new FindingFilter(Operator: "op-b"), null, 10).Items);
        Assert.Empty(queries.Read(new FindingFilter(County: books.OtherCounty), null, 10).Items);
    }

    [Fact]
    public void Findings_from_before_stay_open_with_the_cabinet_s_operator()
    {
        using var files = new TemporaryDatabase(StorageEngine.Sqlite);
        var all = Migration.FromAssembly(typeof(FleetDatabase).Assembly, StorageEngine.Sqlite);
        using (var old = files.Open([.. all.Where(m => m.Number is not (651 or 660))]))
        {
            Run(old, """
                INSERT INTO operators (operator_id, name, added_utc_ms) VALUES ('op-x', 'X', 1);
                INSERT INTO cabinets (cabinet_id, life, registered_utc_ms, changed_utc_ms)
                VALUES ('cab-1', 'Active', 1, 1);
                INSERT INTO assignments (cabinet_id, operator_id, county_code, site_name, site_kind, from_utc_ms)
                VALUES ('cab-1', 'op-x', '341125', '', 'school', 1);
                INSERT INTO findings (kind, cabinet_id, subject, evidence, opened_utc_ms, last_utc_ms, times)
                VALUES ('Fork', 'cab-1', 's', '{}', 1, 2, 3), ('LedgerProofFailed', '', 's', '{}', 1, 2, 3);
                """);
        }

        using var migrated = files.Open();
        var findings = new FindingQueries(migrated).Read(new FindingFilter(State: FindingState.Open), null, 10).Items;
        Assert.Equal([("", ""), ("op-x", "341125")], findings.Select(f => (f.Operator, f.County)));
        Assert.All(findings, f => Assert.Equal((3L, null), (f.Times, f.ClosedAs)));
    }

    private static FindingDraft Draft(long weight, string evidence = "{\"n\":1}") =>
        new(FindingKind.NonSaleExcess, new FindingAbout("cab-1", "op-1", "341125"), "2020-09/op-1", evidence, weight);

    private static void Run(FleetDatabase database, string sql)
    {
        using var connection = database.OpenWriter();
        using var command = connection.Command(sql);
        command.ExecuteNonQuery();
    }

    private FindingRaised Raise(FindingDraft draft, int worseByPercent = 0)
    {
        using var connection = _files.Database.OpenWriter();
        using var table = new FindingTable(connection);
        return table.Raise(draft, 1, worseByPercent);
    }

    private void RaiseByIngest(FindingKind kind)
    {
        using var connection = _files.Database.OpenWriter();
        using var table = new FindingTable(connection);
        table.Raise(kind, Protocol.Identity.CabinetId.Parse("cab-1"), "s", "{}", 1);
    }

    private void Take(FindingStep step, long id = 1)
    {
        using var connection = _files.Database.OpenWriter();
        using var table = new FindingTable(connection);
        Assert.NotNull(table.Take(id, step, "", (2, "anna")).To);
    }
}
