using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Tests.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Compliance;

/// <summary>
/// A kind of event that histories are made of. Another kind is one more line in <see cref="All"/>: the oracle
/// classifies from the facts as they are at the end, so that it need not know of corrections and re-judgings.
/// </summary>
/// <param name="Weight">How often it comes, beside the others.</param>
/// <param name="Happen">What happens.</param>
/// <param name="IsDelivery">True when it brings entries into the ledger, or needs those that are there.</param>
internal sealed record HistoryEvent(int Weight, Func<History, Task> Happen, bool IsDelivery = false)
{
    public static readonly IReadOnlyList<HistoryEvent> All =
    [
        Of(10, Sell), Of(5, Refund), Of(2, TellSomethingElse), Of(2, Move),
        new(3, h => h.Catalogue.ChangeListingAsync()), new(3, h => h.Catalogue.ChangeMappingAsync()),
        new(2, h => h.Catalogue.CorrectListingAsync()), new(2, h => h.Catalogue.CorrectMappingAsync()),
        new(3, MakePolicy), new(1, EndPolicy),
        new(5, Deliver, IsDelivery: true), new(1, h => h.RejudgeAsync(), IsDelivery: true),
    ];

    /// <summary>Lets one event happen, by chance.</summary>
    public static Task HappenAsync(History history) => HappenAsync(history, All);

    /// <summary>Lets one event happen that brings nothing into the ledger.</summary>
    public static Task HappenWithoutDeliveryAsync(History history) =>
        HappenAsync(history, [.. All.Where(e => !e.IsDelivery)]);

    /// <summary>Everything that was told and not delivered arrives.</summary>
    public static async Task DeliverAllAsync(History history)
    {
        while (history.Journals.Exists(j => history.Heads.GetValueOrDefault(j) < j.Count))
        {
            await Deliver(history);
        }
    }

    private static Task HappenAsync(History history, IReadOnlyList<HistoryEvent> events)
    {
        var at = history.Chance.Below(events.Sum(e => e.Weight));
        return events.First(e => (at -= e.Weight) < 0).Happen(history);
    }

    private static HistoryEvent Of(int weight, Action<History> happen) => new(weight, history =>
    {
        happen(history);
        return Task.CompletedTask;
    });

    private static void Sell(History history)
    {
        var chance = history.Chance;
        var journal = chance.Of(history.Journals);
        var lines = Enumerable.Range(0, 1 + chance.Below(3))
            .Select(_ => (chance.OneIn(9) ? "nobody" : chance.Of(History.Skus), 1L + chance.Below(300))).ToArray();
        history.Sold.Add((journal, journal.SellAt(history.Now, history.Named("v"), lines), lines.Length));
    }

    /// <summary>
    /// Whole or partial or above what was paid; of a line that is not there; the same one told again.
    /// </summary>
    private static void Refund(History history)
    {
        var chance = history.Chance;
        if (history.Sold.Count == 0)
        {
            return;
        }

        var (journal, seq, lines) = chance.Of(history.Sold);
        var teller = chance.Of(history.Journals.FindAll(j => j.Cabinet.Id == journal.Cabinet.Id));
        var line = (byte)(chance.OneIn(15) ? lines : chance.Below(lines));
        var (number, fen) = (history.Named("r"), 1 + chance.Below(400));
        for (var again = chance.Below(6); again >= 0; again -= 5)
        {
            teller.Refund(number, journal.Id, seq, fen, line, history.Now);
            teller = journal;
        }
    }

    /// <summary>What counts for nothing: gifts, sales without an id, bytes that nobody can read.</summary>
    private static void TellSomethingElse(History history)
    {
        var journal = history.Chance.Of(history.Journals);
        switch (history.Chance.Below(3))
        {
            case 0:
                journal.SellAt(history.Now, "", ("s0", 1_000));
                break;
            case 1:
                journal.Add(new NonSaleBody(NonSalePurpose.Test, history.Named("n"), "", [new("", "s0", "", 1, 9)]),
                    history.Now);
                break;
            default:
                var entry = EntryCodec.Encode(journal.Count + 1, JournalOnPaper.At(history.Now),
                    JournalOnPaper.SaleOf(history.Named("v"), ("s0", 700)));
                entry[^1] ^= 0x80;
                entry[EntryHeader.FixedSize] = 99;
                journal.AddRaw(entry);
                break;
        }
    }

    private static void Move(History history)
    {
        if (history.Chance.OneIn(6) && history.Journals.Count < 8)
        {
            history.Register(history.Named("late-"));
            return;
        }

        var cabinet = history.Chance.Of(history.Journals).Cabinet.Id.Value;
        if (history.Facts.Assignments.Last(a => a.Cabinet == cabinet).From < history.Now)
        {
            history.Assign(cabinet, history.Chance.Of(History.Operators), history.Chance.Of(history.Counties));
        }
    }

    /// <summary>A new policy, or a new version of one: refused exactly when the oracle sees an overlap.</summary>
    private static async Task MakePolicy(History history)
    {
        var chance = history.Chance;
        var scope = chance.Below(5) switch
        {
            0 => new PolicyScope(ScopeKind.City, history.City),
            1 => new PolicyScope(ScopeKind.Operator, chance.Of(History.Operators)),
            2 => new PolicyScope(ScopeKind.Cabinet, chance.Of(history.Journals).Cabinet.Id.Value),
            _ => new PolicyScope(ScopeKind.County, chance.Of(history.Counties)),
        };
        var kind = scope.Kind.ToString().ToLowerInvariant();
        var wanted = history.RandomPolicy($"{kind}-{scope.Id}".ToLowerInvariant(), scope,
            history.Today.AddDays(chance.OneIn(2) ? 0 : chance.Below(20)));
        var from = wanted.From!.Value.ToDateTime(default);
        var to = wanted.To?.ToDateTime(default);
        var inTheWay = history.Facts.Policies.FindAll(p => p.Scope == kind && p.ScopeId == scope.Id
            && (p.From is null || p.To != p.From) && !(p.To <= from) && !(to <= p.From));
        var replaces = inTheWay.Count > 0 && !chance.OneIn(4) ? chance.Of(inTheWay).Id : null;
        var outcome = await history.Service.PolicyDesk.MakeAsync(
            wanted, replaces, "tester", TestContext.Current.CancellationToken);
        inTheWay.RemoveAll(p => p.Id == replaces);
        if (inTheWay.Count > 0)
        {
            Assert.IsType<PolicyOutcome.Overlaps>(outcome);
            return;
        }

        foreach (var replaced in history.Facts.Policies.Where(p => p.Id == replaces && p.Scope == kind
            && !(p.To <= from) && !(to <= p.From)))
        {
            replaced.To = replaced.From > from ? replaced.From : from;
        }

        history.NotePolicy(Assert.IsType<PolicyOutcome.Made>(outcome).Policy);
    }

    private static async Task EndPolicy(History history)
    {
        var policy = history.Chance.Of(history.Facts.Policies);
        var day = history.Today.AddDays(history.Chance.Below(15));
        var to = day.ToDateTime(default);
        var reached = history.Facts.Policies.FindAll(p => p.Id == policy.Id && !(p.To <= to));
        var outcome = await history.Service.PolicyDesk.EndAsync(
            policy.Id, day, "", "tester", TestContext.Current.CancellationToken);
        if (reached.Count == 0)
        {
            Assert.IsType<PolicyOutcome.IllegalState>(outcome);
            return;
        }

        Assert.IsType<PolicyOutcome.Ended>(outcome);
        reached.ForEach(p => p.To = p.From > to ? p.From : to);
    }

    /// <summary>Some pieces of some journals arrive together; some of them once more.</summary>
    private static async Task Deliver(History history)
    {
        var pieces = new List<(JournalOnPaper, ulong, ulong)>();
        foreach (var journal in history.Chance.Shuffled(history.Journals).Take(1 + history.Chance.Below(3)))
        {
            var head = history.Heads.GetValueOrDefault(journal);
            if (head < journal.Count)
            {
                var first = Math.Max(1, head + 1 - (ulong)history.Chance.Below(2));
                var last = Math.Min(journal.Count, head + 1 + (ulong)history.Chance.Below(8));
                pieces.Add((journal, first, last));
                history.Heads[journal] = last;
            }
        }

        if (pieces.Count > 0)
        {
            await history.Service.Commit(pieces);
        }
    }
}
