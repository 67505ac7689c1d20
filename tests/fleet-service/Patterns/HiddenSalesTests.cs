using System.Text.Json;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Patterns;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Tests.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Patterns;

/// <summary>Staged sales that keep out of sight: late, spread over the days, or on no bill.</summary>
public abstract class HiddenSalesTests(string dataSet) : IDisposable
{
    private readonly PatternsRig _rig = new(dataSet);

    private CheckTerms Terms => _rig.City.Terms;

    private string Subject => $"{_rig.Window.Name}/op-a";

    /// <summary>Days from the first sales to the end of their window.</summary>
    private int DaysLeft => _rig.Window.To.DayNumber - new DateOnly(2020, 9, 1).DayNumber;

    public void Dispose()
    {
        _rig.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(0)] // the last day on which the window is looked at
    [InlineData(2)]
    [InlineData(75)]
    public async Task Aid_given_back_is_found_however_long_after_its_window(int daysLater)
    {
        var refunded = _rig.Today.AddDays(daysLater);
        var journal = _rig.Books.Journal();
        journal.Add(PatternsRig.Sale("o", PatternsRig.Line("cola", 1, 20_000)), PatternsRig.Start);
        for (var i = 0; i < 30; i++)
        {
            journal.Add(PatternsRig.Sale($"v{i}", PatternsRig.Line("tea", 1, 1_000)),
                PatternsRig.Start + i * DaysLeft / 30 * PatternsRig.Day + i);
        }

        // One was given back within the window: that is no pattern.
        journal.Refund("early", journal.Id, 2, 1_000, 0, PatternsRig.Start + 3 * PatternsRig.Day);
        for (var i = 0; i < 6; i++)
        {
            journal.Refund(
                $"r{i}", journal.Id, (ulong)(20 + i), 1_000, 0, _rig.Books.Places.Zone.StartOfUtcMs(refunded));
        }

        await _rig.CommitAsync(journal);
        _rig.Today = refunded;
        var (draft, evidence) = _rig.Single(FindingKind.RefundedAfterWindow);
        Assert.Equal((Subject, 6_000L), (draft.Subject, draft.Weight));
        Assert.Equal((29_000, 49_000), (
            evidence.GetProperty("figures").GetProperty("asItStood").GetProperty("aidFen").GetInt32(),
            evidence.GetProperty("figures").GetProperty("asItStood").GetProperty("totalFen").GetInt32()));
        Assert.Equal(23_000, evidence.GetProperty("share").GetProperty("aidFen").GetInt32());
        _rig.Today = refunded.AddDays(PatternLimits.RecentRefundDays);
        var open = new OpenFinding(1, FindingKind.RefundedAfterWindow, "cab-1", draft.Subject);
        Assert.Single(_rig.Check(open).Found, f => f.Kind == FindingKind.RefundedAfterWindow);

        // Nothing new is known of a final window: only a person closes what was found.
        _rig.Today = refunded.AddDays(PatternLimits.RecentRefundDays + 1);
        if (daysLater > 0)
        {
            Assert.Empty(_rig.Check(open).Found);
            Assert.Empty(_rig.Check(open).Ended);
        }
    }

    [Fact]
    public async Task A_final_window_is_read_for_its_late_refunds_alone_whatever_else_is_read_of_its_days()
    {
        var longer = _rig.City.Policy with
        {
            Id = "longer", Window = "trailing-200", Scope = new PolicyScope(ScopeKind.Operator, "op-b"),
        };
        _rig.Books.Cabinet("cab-2", "op-b");
        var journal = _rig.Books.Journal();
        var absurd = Terms.AbsurdQuantity + 10;
        for (var i = 0; i < 10; i++)
        {
            journal.Add(PatternsRig.Sale($"v{i}", PatternsRig.Line("tea", absurd, 25, 1_000)), PatternsRig.Start);
        }

        for (var i = 0; i < 4; i++)
        {
            journal.Refund($"r{i}", journal.Id, (ulong)(1 + i), 1_000, 0, PatternsRig.Start + 100 * PatternsRig.Day);
        }

        await _rig.CommitAsync(journal);
        var today = new DateOnly(2020, 12, 24);
        var patterns = new SalesPatterns(
            _rig.Books.Database, _rig.Books.Register,
            new CurrentPolicies(new PolicyBook([.. _rig.Books.Places.Policies, longer])), _rig.Books.Catalogue,
            new DayMapStore(), _rig.Books.Places.Zone);
        var found = Assert.Single(patterns.Check(
            new CheckMoment(_rig.Books.Places.Zone.StartOfUtcMs(today), today), [], BooksRig.Stop).Found);
        Assert.Equal((FindingKind.RefundedAfterWindow, 4_000L), (found.Kind, found.Weight));
        var figures = JsonElement.Parse(found.Evidence).GetProperty("figures");
        Assert.Equal((4, 10_000), (figures.GetProperty("sales").GetInt32(),
            figures.GetProperty("asItStood").GetProperty("aidFen").GetInt32()));
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(null, true)]
    [InlineData(0, false)]
    public async Task One_payer_of_all_aid_is_found_below_the_number_of_a_day_too(int? fewerThanADay, bool found)
    {
        // Just below the number of a day, just enough for the window, and just too few.
        var days = DaysLeft;
        var enough = (Terms.BuyerWindowSales + days - 1) / days;
        var aDay = fewerThanADay switch { -1 => Terms.BuyerBurstSales - 1, null => enough, _ => enough - 1 };
        var journal = _rig.Books.Journal();
        var bill = new List<(string, ulong)>();
        for (var d = 0; d < days; d++)
        {
            for (var i = 0; i < aDay; i++)
            {
                journal.Add(PatternsRig.Sale($"v{d}-{i}", PatternsRig.Line($"A{i}", 10, 900)),
                    PatternsRig.Start + d * PatternsRig.Day + (8 + i) * PatternsRig.Hour);
                bill.Add(($"v{d}-{i}", 77));
            }

            journal.Add(PatternsRig.Sale($"o{d}", PatternsRig.Line("cola", 1, 50_000)),
                PatternsRig.Start + d * PatternsRig.Day + 20 * PatternsRig.Hour);
        }

        await _rig.CommitAsync(journal);
        _rig.Bill(bill);
        var bursts = _rig.Check().Found.Where(f => f.Kind == FindingKind.BuyerBurst).ToList();
        Assert.Equal(found ? [9_000L * aDay * days] : [], bursts.Select(f => f.Weight));
        if (found)
        {
            var figures = JsonElement.Parse(bursts[0].Evidence).GetProperty("figures");
            Assert.Equal((aDay * days, days, aDay), (figures.GetProperty("sales").GetInt32(),
                figures.GetProperty("days").GetInt32(), figures.GetProperty("mostOnOneDay").GetInt32()));
        }
    }

    [Fact]
    public async Task Aid_paid_in_ways_that_no_bill_lists_is_found_above_the_policy_s_part()
    {
        var journal = _rig.Books.Journal();
        foreach (var (vend, method, fen) in new[]
        {
            ("v1", PaymentMethod.WeChat, 100_000L), ("v2", PaymentMethod.Cash, 100_000L),
            ("v3", PaymentMethod.Card, 50_000L),
        })
        {
            journal.Add(new SaleBody(SaleSource.Vend, SaleMarks.None, vend, new Payment(method, "", ""),
                [PatternsRig.Line("tea", 1, fen), PatternsRig.Line("cola", 1, 9_000_000)]), PatternsRig.Start);
        }

        await _rig.CommitAsync(journal);
        Assert.DoesNotContain(_rig.Check().Found, f => f.Kind == FindingKind.UncheckablePayments); // just the part
        journal.Add(new SaleBody(SaleSource.Vend, SaleMarks.None, "v4", new Payment(PaymentMethod.Other, "", ""),
            [PatternsRig.Line("tea", 1, 1)]), PatternsRig.Start);
        await _rig.Books.Commit(journal, 4);
        var (draft, evidence) = _rig.Single(FindingKind.UncheckablePayments);
        Assert.Equal((150_001L, 3, 250_001), (draft.Weight,
            evidence.GetProperty("figures").GetProperty("sales").GetInt32(),
            evidence.GetProperty("figures").GetProperty("aidFen").GetInt32()));
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouHiddenSalesTests() : HiddenSalesTests("chuzhou-2020");

/// <summary>In the other one, which judges week by week.</summary>
public sealed class LinjiangHiddenSalesTests() : HiddenSalesTests("linjiang-2027");
