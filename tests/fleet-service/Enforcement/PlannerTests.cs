using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Enforcement;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Places;
using KioskFleet.Service.Tests.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Enforcement;

public abstract class PlannerTests(string dataSet)
{
    [Fact]
    public async Task The_figures_of_a_config_are_exactly_those_of_the_head_that_it_names()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await rig.Sell("cab-1", ("tea", 600), ("cola", 900), ("nobody-mapped", 100));
        journal.Refund("r1", journal.Id, 2, 200);
        await rig.Books.Commit(journal, 4);
        rig.Hear(journal);
        Assert.Equal(1, await rig.Plan());

        var figures = rig.Config("cab-1").Figures;
        Assert.Equal((journal.Id, journal.Tail), (figures.Journal, figures.Head));
        Assert.Equal(JournalOnPaper.StartUtcMs + 3_000, figures.HeadUtcMs);
        var window = BusinessWindow.Of(rig.Policy.Window, new DateOnly(2020, 9, 1));
        Assert.Equal(window, figures.Window);
        Assert.Equal([new FigureRow(window.First, window.Last, 600, 1_400, 1_400)], figures.Rows);
        Assert.Equal(1_000, figures.AllowanceFen);
    }

    [Fact]
    public async Task Nothing_new_makes_no_new_config_also_after_a_restart()
    {
        using var rig = new EnforcementRig(dataSet);
        await rig.Sell("cab-1", ("cola", 900));
        await rig.Plan();
        var version = rig.State("cab-1").WantedVersion;

        Assert.Equal(0, await rig.Plan());
        rig.Restart();
        rig.GoTo(new DateTime(2020, 9, 5));
        Assert.Equal(0, await rig.Plan());
        Assert.Equal(version, rig.State("cab-1").WantedVersion);
    }

    [Fact]
    public async Task Own_sales_and_refunds_make_no_new_config_and_what_comes_from_elsewhere_does()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await rig.Sell("cab-1", ("cola", rig.BreachFen), ("tea", 100));
        await rig.Plan();

        rig.GoTo(new DateTime(2020, 9, 3));
        await rig.Sell(journal, ("cola", 300), ("tea", 200), ("nobody", 50));
        journal.Refund("r1", journal.Id, 1, 500, utcMs: rig.Moment.NowUtcMs);
        await rig.Books.Commit(journal, 6);
        Assert.Equal(0, await rig.Plan());
        rig.Restart();
        Assert.Equal(0, await rig.Plan());

        // Another journal of the same cabinet: an export of a machine that had stood in before.
        await rig.Books.Commit(Other(rig));
        rig.Hear(journal);
        Assert.Equal(1, await rig.Plan());
        Assert.Equal("Figures", Reason(rig));
        Assert.Equal(journal.Id, rig.Config("cab-1").Figures.Journal);

        static JournalOnPaper Other(EnforcementRig rig)
        {
            var other = rig.Books.Journal("cab-1");
            other.SellAt(rig.Moment.NowUtcMs, "elsewhere", ("cola", 77));
            return other;
        }
    }

    [Fact]
    public async Task A_change_of_the_catalogue_reaches_the_cabinets_of_the_operator()
    {
        using var rig = new EnforcementRig(dataSet);
        await rig.Sell("cab-1", ("cola", 900));
        await rig.Plan();
        var tea = Assert.Single(rig.Config("cab-1").Skus, sku => sku.Sku == "tea");
        Assert.Equal([(0, GateClass.Aid), (BooksRig.TeaDelistedUtcMs, GateClass.Ordinary)],
            tea.Spans.Select(span => (span.FromUtcMs, span.Class)));

        rig.Books.Catalogue.Replace(CatalogueSnapshot.From(new CatalogueState(
            4, [new Product("cola", "Cola")], [], [new SkuMapping(null, "cola", "cola", InForce.Always)])));
        Assert.Equal(1, await rig.Plan());
        Assert.Equal("Rule", Reason(rig));
        Assert.Equal(["cola"], rig.Config("cab-1").Skus.Select(sku => sku.Sku));
    }

    [Fact]
    public async Task Each_window_and_each_operator_begins_with_figures_of_its_own()
    {
        using var rig = new EnforcementRig(dataSet, p => p with
        {
            Window = "week", Enforcement = p.Enforcement with { Mode = PolicyMode.Warn },
        });
        var journal = await rig.Sell("cab-1", ("cola", 90_000));
        await rig.Plan();
        rig.GoTo(new DateTime(2020, 9, 9));
        Assert.Equal(1, await rig.Plan());
        Assert.Equal("Window", Reason(rig));
        var next = rig.Config("cab-1").Figures;
        Assert.Equal(9_000, next.AllowanceFen);
        Assert.Equal(90_000, Assert.Single(next.Rows).TurnoverFen);

        rig.Books.Assign(journal.Cabinet.Id, "op-b", rig.Moment.NowUtcMs);
        Assert.Equal(1, await rig.Plan());
        var taken = rig.Config("cab-1");
        Assert.Equal((rig.Moment.NowUtcMs, 1_000), (taken.Figures.CountFromUtcMs, taken.Figures.AllowanceFen));
        Assert.Empty(taken.Figures.Rows);
        Assert.Contains(taken.Skus, sku => sku.Sku == "box");
    }

    [Fact]
    public async Task A_cabinet_without_key_or_out_of_service_gets_no_config()
    {
        using var rig = new EnforcementRig(dataSet);
        rig.Books.Cabinet("cab-1");
        using (var connection = rig.Books.Database.OpenWriter())
        {
            FleetStore.Insert(connection, CabinetId.Parse("no-key"),
                new AssignmentModel(0, "op-a", CountyCode.Parse(rig.Books.County), "", "x", 1, null), 1);
            rig.Books.Register.Load();
        }

        Assert.Equal(1, await rig.Plan());
        Assert.Null(rig.Store.ReadState("no-key"));
        Assert.False(rig.Config("cab-1").Figures.HasHead);
    }

    [Fact]
    public async Task Only_the_wanted_cabinets_are_planned_when_some_are_named()
    {
        using var rig = new EnforcementRig(dataSet);
        await rig.Sell("cab-1", ("cola", 900));
        await rig.Sell("cab-2", ("cola", 900));

        Assert.Equal(1, await rig.Plan("cab-2"));
        Assert.Null(rig.Store.ReadState("cab-1"));
    }

    [Fact]
    public async Task The_oldest_configs_go_and_the_newest_stay()
    {
        using var rig = new EnforcementRig(dataSet);
        rig.Books.Cabinet("cab-1");
        for (var i = 1; i <= EnforcementLimits.KeptConfigs + 5; i++)
        {
            rig.Put(rig.Policy with { Version = i });
            Assert.Equal(1, await rig.Plan());
        }

        Assert.Equal(EnforcementLimits.KeptConfigs, rig.Books.Scalar("SELECT COUNT(*) FROM enforcement_configs"));
        Assert.Equal((uint)EnforcementLimits.KeptConfigs + 5, rig.Config("cab-1").Policy.PolicyVersion);
    }

    [Fact]
    public async Task The_config_that_a_cabinet_works_by_stays_beyond_the_newest_up_to_a_limit()
    {
        using var rig = new EnforcementRig(dataSet);
        var journal = await rig.Sell("cab-1", ("cola", 9_000));
        await rig.Plan();
        await rig.Inform(journal);
        var applied = rig.State("cab-1").WantedVersion;
        await Replan(EnforcementLimits.MostKeptConfigs - 1);
        Assert.Equal(EnforcementLimits.MostKeptConfigs, rig.Books.Scalar("SELECT COUNT(*) FROM enforcement_configs"));
        Assert.NotNull(rig.Store.ReadConfig("cab-1", applied));
        await Replan(1);
        Assert.Null(rig.Store.ReadConfig("cab-1", applied));
        Assert.Equal(EnforcementLimits.MostKeptConfigs, rig.Books.Scalar("SELECT COUNT(*) FROM enforcement_answers"));

        async Task Replan(int times)
        {
            for (var i = 0; i < times; i++)
            {
                rig.Put(rig.Policy with { Version = rig.Policy.Version + 1 });
                Assert.Equal(1, await rig.Plan());
            }
        }
    }

    [Fact]
    public async Task Cabinets_judged_together_share_what_the_group_has_and_no_more()
    {
        using var rig = new EnforcementRig(dataSet, p => p with
        {
            Judged = Judged.OperatorInCounty, MinimumTurnoverFen = 0,
        });
        var cola = rig.Gives(3_600) + 1_000;
        var poor = await rig.Sell("cab-1", ("cola", cola));
        await rig.Sell("cab-2", ("tea", 3_600));
        await rig.Plan();

        // Together they are below the share: restricted, and with 1,000 of allowance nothing is left.
        Assert.Equal(0, Room(rig, "cab-1"));
        Assert.Equal(0, Room(rig, "cab-2"));

        // Aid gives all that it allows back to the cabinet that sold it. Its part by turnover is less: it is told so
        // first, and only when it has applied that does the other one get the rest.
        var (pot, turnover) = (rig.Gives(900), cola + 900 + 3_600);
        var (first, second) = (pot * (cola + 900) / turnover, pot * 3_600 / turnover);
        rig.GoTo(new DateTime(2020, 9, 2));
        await rig.Sell(poor, ("tea", 900));
        rig.Hear(poor, rig.State("cab-1").WantedVersion);
        await rig.Plan();
        Assert.Equal((first, 0), (Room(rig, "cab-1"), Room(rig, "cab-2")));
        rig.GoTo(new DateTime(2020, 9, 3));
        await rig.Plan();
        Assert.Equal((first, 0), (Room(rig, "cab-1"), Room(rig, "cab-2")));
        rig.Hear(poor, rig.State("cab-1").WantedVersion);
        rig.GoTo(new DateTime(2020, 9, 4));
        await rig.Plan();
        Assert.Equal((first, second), (Room(rig, "cab-1"), Room(rig, "cab-2")));
    }

    /// <summary>What a cabinet's gate would still let through by its wanted config, with nothing sold since.</summary>
    private static long Room(EnforcementRig rig, string cabinet)
    {
        var config = rig.Config(cabinet);
        var figures = config.Figures;
        var now = rig.Figures.Read([new FiguresRequest(cabinet, [.. rig.Books.Register.Current.Cabinets
            .Single(c => c.Id.Value == cabinet).Assignments.Select(a => a.AssignmentId)], rig.Policy.Window)],
            rig.Moment.Today);
        var (aid, total) = now[cabinet].Present;
        return Math.Max(0, ShareMargin.RoomFen(
            ShareMargin.Of(aid, (Int128)total - figures.AllowanceFen, rig.Threshold), rig.Threshold)!.Value);
    }

    private static string Reason(EnforcementRig rig) =>
        rig.Books.Rows("SELECT reason FROM enforcement_configs ORDER BY config_id DESC LIMIT 1")[0];
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouPlannerTests() : PlannerTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangPlannerTests() : PlannerTests("linjiang-2027");
