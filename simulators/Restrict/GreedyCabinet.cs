using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Restrict;

/// <summary>
/// A cabinet whose customers want ordinary goods above all, and which sells whatever its gate lets through. What is
/// wished for follows from seed, cabinet, day and visit alone, so that two modes go through the same wishes. Not
/// thread-safe.
/// </summary>
internal sealed class GreedyCabinet
{
    /// <summary>Visits between six in the morning and half past eleven at night.</summary>
    public const int VisitsPerDay = 12;

    private const int Slots = 88;
    private const int SlotMinutes = 12;

    /// <summary>At every third cabinet people buy in bulk, so that a part of the turnover is the allowance.</summary>
    private const int BulkEvery = 3;

    private const int BulkPieces = 5;

    private const int LastAidPieces = 40;

    /// <summary>Single pieces of one product that are bought one by one after a denial.</summary>
    private const int MostLittle = 6;

    private readonly CutOffCabinet _life;
    private readonly RunTally _tally;
    private readonly VendDesk _desk;
    private readonly Queue<Interruption> _interruptions;
    private readonly ulong _seed;
    private readonly int _number;
    private DateTimeOffset _nowUtc;

    /// <summary>A cabinet that has sold nothing since it was cut off.</summary>
    /// <param name="life">Its agent.</param>
    /// <param name="tally">What is counted.</param>
    /// <param name="desk">Its sales program.</param>
    /// <param name="options">The run.</param>
    /// <param name="number">The cabinet's number, from 0.</param>
    public GreedyCabinet(CutOffCabinet life, RunTally tally, VendDesk desk, RestrictOptions options, int number)
    {
        (_life, _tally, _desk, _number, _seed) = (life, tally, desk, number, options.Seed);
        _interruptions = new Queue<Interruption>(InterruptionPlan.Of(options, number));
    }

    /// <summary>Sells for a business day, as far as it lies within the cut-off.</summary>
    /// <param name="day">The business day.</param>
    /// <param name="fromUtc">When the cut-off began.</param>
    /// <param name="endUtc">When it ends; nothing is begun in the last hour before.</param>
    /// <param name="cancel">Ends the day between two visits.</param>
    public async Task LiveAsync(
        DateOnly day, DateTimeOffset fromUtc, DateTimeOffset endUtc, CancellationToken cancel)
    {
        var chance = ChanceOf(day, VisitsPerDay + 1);
        var midnight = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), BusinessMonth.ShanghaiOffset);
        var slots = Enumerable.Range(0, Slots).ToList();
        chance.Shuffle(slots);
        var visits = slots.Take(VisitsPerDay).Order().Select(slot =>
            midnight.AddHours(6).AddMinutes(slot * SlotMinutes).AddSeconds(chance.Below(120))).ToList();
        for (var i = 0; i < visits.Count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            if (visits[i] > fromUtc && visits[i] < endUtc.AddHours(-1))
            {
                await VisitAsync(visits[i], ChanceOf(day, i), cancel);
            }
        }

        // On some days, and whenever a week ends, somebody buys while the day turns.
        var late = midnight.AddHours(24).AddSeconds(-40 - chance.Below(160));
        if ((day.DayOfWeek == DayOfWeek.Sunday || chance.Hits(2_000)) && late < endUtc.AddHours(-1))
        {
            BuyAcrossMidnight(late, chance, isFeastOver: day.DayOfWeek == DayOfWeek.Sunday && !IsLean(day));
        }
    }

    /// <summary>
    /// Every other week nobody wants aid: then nothing makes up for what a gate lets through too much. Day 0 of the
    /// calendar is a Monday.
    /// </summary>
    private bool IsLean(DateOnly day) => (day.DayNumber / 7 + _number) % 2 == 1;

    private Chance ChanceOf(DateOnly day, int visit) =>
        new(_seed, Chance.Mix((ulong)_number << 40 | (ulong)day.DayNumber << 8 | (uint)visit));

    private async Task VisitAsync(DateTimeOffset atUtc, Chance chance, CancellationToken cancel)
    {
        GoTo(atUtc);
        if (_interruptions.TryPeek(out var next) && next.AtUtc <= atUtc)
        {
            await InterruptAsync(_interruptions.Dequeue().Kind, chance, cancel);
        }

        var isLean = IsLean(BusinessMonth.DayOf(atUtc));
        switch (chance.Below(isLean ? 67 : 100))
        {
            case < 55:
                BuyOrdinary(chance, isLean);
                break;
            case < 67:
                BuyTogether(chance);
                break;
            case < 79:
                End(_desk.Ask(AidWish(chance)), chance);
                break;
            case < 92:
                End(_desk.Ask(OrdinaryWish(chance), AidWish(chance)), chance);
                break;
            default:
                GiveBack(chance);
                break;
        }
    }

    /// <summary>What is wanted; when that is denied, less and less, until the cheapest piece is denied too.</summary>
    private void BuyOrdinary(Chance chance, bool isLean)
    {
        var wish = OrdinaryWish(chance);
        if (_desk.Ask(wish) is { } approved)
        {
            End(approved, chance);
            return;
        }

        if (!isLean)
        {
            BuyWithAid(wish, chance);
        }

        if (chance.Hits(5_000))
        {
            TakeTheRest();
            return;
        }

        foreach (var goods in RestrictGoods.Ordinary.Take(3).Reverse())
        {
            for (var i = 0; i < MostLittle && _desk.Ask(new Wish(goods, 1)) is { } little; i++)
            {
                End(little, chance);
            }
        }
    }

    /// <summary>What was denied alone, together with enough aid: that must pass.</summary>
    private void BuyWithAid(Wish denied, Chance chance)
    {
        var aid = chance.Pick(RestrictGoods.Aid);
        var enough = new Wish(aid, (int)((denied.PaidFen + aid.PriceFen - 1) / aid.PriceFen));
        if (!chance.Hits(5_000))
        {
            return;
        }

        if (_desk.Ask(denied, enough) is { } passed)
        {
            _tally.MixedPassed++;
            _desk.Deliver(passed);
        }
        else
        {
            _tally.MixedDenied++;
        }
    }

    /// <summary>Several customers at once: each approval must leave the next one less.</summary>
    private void BuyTogether(Chance chance)
    {
        var approved = Enumerable.Range(0, chance.Between(3, 6)).Select(_ => _desk.Ask(OrdinaryWish(chance)))
            .OfType<ApprovedVend>().ToList();
        foreach (var vend in approved)
        {
            GoTo(_nowUtc.AddSeconds(chance.Between(1, 20)));
            End(vend, chance);
        }
    }

    /// <summary>
    /// Haggles down to the very fen that the denial left, tries one fen more, and lets two customers ask for it at
    /// once.
    /// </summary>
    private void TakeTheRest()
    {
        if (_desk.HeadroomFen is not (> 0 and var left))
        {
            return;
        }

        var rest = new Wish(RestrictGoods.Ordinary[0], 1);
        Wish[] wishes = [rest with { AgreedFen = left + 1 }, rest with { AgreedFen = left },
            rest with { AgreedFen = left }];
        var approved = wishes.Select(wish => _desk.Ask(wish)).OfType<ApprovedVend>().ToList();
        GoTo(_nowUtc.AddSeconds(10));
        approved.ForEach(_desk.Deliver);
    }

    /// <summary>
    /// Asked for before midnight and delivered after it. When a week with aid is over, much aid is sold just before:
    /// the room that it gives belongs to the week that ends.
    /// </summary>
    private void BuyAcrossMidnight(DateTimeOffset atUtc, Chance chance, bool isFeastOver)
    {
        if (isFeastOver)
        {
            GoTo(atUtc.AddSeconds(-60));
            if (_desk.Ask(new Wish(RestrictGoods.Aid[0], LastAidPieces)) is { } aid)
            {
                _desk.Deliver(aid);
            }
        }

        GoTo(atUtc);
        var dear = new Wish(RestrictGoods.Ordinary[^1], 3);
        Wish[] wishes = [dear, dear, OrdinaryWish(chance), dear];
        var approved = wishes.Select(wish => _desk.Ask(wish)).OfType<ApprovedVend>().ToList();
        GoTo(atUtc.AddSeconds(chance.Between(210, 400)));
        approved.ForEach(_desk.Deliver);
        _tally.Straddled += approved.Count;
    }

    private void GiveBack(Chance chance)
    {
        // Mostly ordinary goods, now and then aid.
        var wantsAid = chance.Hits(2_500);
        var lines = _desk.Delivered.Where(line => line.Wish.Goods.IsAid == wantsAid).TakeLast(40).ToList();
        if (lines.Count > 0)
        {
            _desk.GiveBack(chance.Pick(lines));
        }
    }

    private async Task InterruptAsync(InterruptionKind kind, Chance chance, CancellationToken cancel)
    {
        // Goods that fall while the agent is gone are told afterwards, as long as the clock can still be believed.
        var isShort = kind is InterruptionKind.Kill or InterruptionKind.PowerCut or InterruptionKind.Reboot;
        var waiting = isShort ? _desk.Ask(OrdinaryWish(chance)) : null;
        await _life.InterruptAsync(kind, _nowUtc, chance, cancel);
        _tally.Interruptions++;
        GoTo(_nowUtc.AddSeconds(chance.Between(20, 90)));
        if (waiting is not null)
        {
            _desk.Deliver(waiting);
        }
    }

    /// <summary>What becomes of an approval; one that is never heard of again frees its reserve when it runs out.
    /// </summary>
    private void End(ApprovedVend? vend, Chance chance)
    {
        if (vend is null)
        {
            return;
        }

        GoTo(_nowUtc.AddSeconds(chance.Between(3, 30)));
        switch (chance.Below(100))
        {
            case < 82:
                _desk.Deliver(vend);
                break;
            case < 93:
                _desk.Fail(vend);
                break;
            default:
                _tally.Abandoned++;
                break;
        }
    }

    private Wish OrdinaryWish(Chance chance) => new(chance.Pick(RestrictGoods.Ordinary),
        (chance.Hits(6_000) ? 1 : chance.Between(2, 4)) * (_number % BulkEvery == 0 ? BulkPieces : 1));

    private Wish AidWish(Chance chance) => new(chance.Pick(RestrictGoods.Aid),
        chance.Between(1, 2) * (_number % BulkEvery == 0 ? BulkPieces : 1));

    private void GoTo(DateTimeOffset instantUtc)
    {
        _nowUtc = instantUtc;
        _life.Clock.MoveTo(instantUtc);
    }
}
