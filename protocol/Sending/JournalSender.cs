using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Receipts;

namespace KioskFleet.Protocol.Sending;

/// <summary>
/// Sends one journal: hello first, then one message at a time (stop and wait). A sans-IO state machine: inputs in, at
/// most one effect out per step; no clock, no I/O, no randomness. Only a receipt that names the message in flight moves
/// it, and only a head that the journal itself holds is believed. Not thread-safe.
/// </summary>
public sealed class JournalSender
{
    private readonly SenderOptions _options;
    private Digest _inFlight;
    private Head _serviceHead;
    private Head? _gapBase;
    private Head? _gapDeclared;
    private long _notBeforeMs;
    private long _deadlineMs;
    private long _nextHelloMs;
    private int _maxEntries;
    private SuccessionReason _successionReason;
    private int _failures;
    private int _unanswered;
    private bool _probing;
    private bool _greetAgain;

    /// <summary>Makes a sender without a link.</summary>
    public JournalSender(SenderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _maxEntries = options.MaxEntries;
    }

    /// <summary>Where the sender stands.</summary>
    public SenderPhase Phase { get; private set; } = SenderPhase.Offline;

    /// <summary>The service's head as last believed; meaningless before the first answer on this link.</summary>
    public Head ServiceHead => _serviceHead;

    /// <summary>
    /// True while the committed mark is what the service said on this link. Retention may delete up to the mark only
    /// then: while the link was away the ledger may have been restored from an older backup.
    /// </summary>
    public bool CommittedIsConfirmed { get; private set; }

    /// <summary>
    /// When to step again at the latest, in monotonic milliseconds; long.MaxValue when only inputs matter.
    /// </summary>
    public long WakeAtMs(in JournalFacts facts) => Phase switch
    {
        SenderPhase.HelloDue or SenderPhase.AwaitingSuccessor => _notBeforeMs,
        SenderPhase.AwaitingHello or SenderPhase.AwaitingBatch => _deadlineMs,
        SenderPhase.Draining when facts.Tail.Seq > _serviceHead.Seq => Math.Min(_nextHelloMs, _notBeforeMs),
        SenderPhase.Draining or SenderPhase.Finished => _nextHelloMs,
        _ => long.MaxValue,
    };

    /// <summary>Takes one input and says what to do.</summary>
    public SenderEffect Step(SenderInput input, in SenderMoment moment)
    {
        switch (input)
        {
            case SenderInput.LinkUp:
                Reset(SenderPhase.HelloDue, moment.NowMs);
                return Advance(moment);
            case SenderInput.LinkDown:
                Reset(SenderPhase.Offline, moment.NowMs);
                return SenderEffect.Nothing.Instance;
            case SenderInput.Sent sent:
                return OnSent(sent);
            case SenderInput.ReceiptArrived arrived:
                return OnReceipt(arrived, moment);
            case SenderInput.PutOff when Phase is SenderPhase.AwaitingHello or SenderPhase.AwaitingBatch:
                return OnRefusal(Refusal.Busy, moment);
            case SenderInput.GreetSoon:
                _nextHelloMs = moment.NowMs;
                _greetAgain = Phase == SenderPhase.AwaitingHello;
                return Advance(moment);
            case SenderInput.SuccessorBegun:
                Reset(Phase == SenderPhase.Offline ? SenderPhase.Offline : SenderPhase.HelloDue, moment.NowMs);
                return Advance(moment);
            default:
                return Advance(moment);
        }
    }

    private SenderEffect Advance(in SenderMoment moment)
    {
        switch (Phase)
        {
            case SenderPhase.HelloDue when moment.NowMs >= _notBeforeMs:
                Phase = SenderPhase.AwaitingHello;
                _deadlineMs = moment.NowMs + _options.AnswerTimeoutMs;
                return SenderEffect.SendHello.Instance;
            case SenderPhase.AwaitingHello or SenderPhase.AwaitingBatch when moment.NowMs >= _deadlineMs:
                return OnUnanswered(moment);
            case SenderPhase.Draining or SenderPhase.Finished when moment.NowMs >= _nextHelloMs:
                Hold(SenderPhase.HelloDue, moment.NowMs);
                return Advance(moment);
            case SenderPhase.Draining when moment.NowMs >= _notBeforeMs && moment.Facts.Tail.Seq > _serviceHead.Seq:
                return SendNext(moment);
            case SenderPhase.AwaitingSuccessor when moment.NowMs >= _notBeforeMs:
                _notBeforeMs = BackOff(moment);
                return new SenderEffect.BeginSuccessor(_successionReason);
            default:
                return SenderEffect.Nothing.Instance;
        }
    }

    private SenderEffect SendNext(in SenderMoment moment)
    {
        if (_gapBase is { } gapBase && _gapDeclared != gapBase && !moment.Facts.Closed)
        {
            _gapDeclared = gapBase;
            return new SenderEffect.DeclareGap(gapBase);
        }

        Phase = SenderPhase.AwaitingBatch;
        _deadlineMs = moment.NowMs + _options.AnswerTimeoutMs;
        var after = _gapBase is null ? _serviceHead.Seq : moment.Facts.OldestRetainedSeq - 1;
        return new SenderEffect.SendBatch(after, _gapBase, _maxEntries);
    }

    private SenderEffect.Nothing OnSent(SenderInput.Sent sent)
    {
        _inFlight = Phase is SenderPhase.AwaitingHello or SenderPhase.AwaitingBatch ? sent.MessageHash : _inFlight;
        return SenderEffect.Nothing.Instance;
    }

    private SenderEffect OnUnanswered(in SenderMoment moment)
    {
        _unanswered++;
        if (_unanswered % _options.UnansweredBeforeReconnect == 0)
        {
            Reset(SenderPhase.Offline, moment.NowMs);
            return SenderEffect.Reconnect.Instance;
        }

        Hold(Phase == SenderPhase.AwaitingHello ? SenderPhase.HelloDue : SenderPhase.Draining, BackOff(moment));
        return SenderEffect.Nothing.Instance;
    }

    private SenderEffect OnReceipt(SenderInput.ReceiptArrived arrived, in SenderMoment moment)
    {
        var receipt = arrived.Receipt;
        // A refusal of a message that could not be read names no journal; the message's hash names it well enough.
        if (Phase is not (SenderPhase.AwaitingHello or SenderPhase.AwaitingBatch)
            || receipt.Answers != _inFlight
            || (receipt.Outcome != ReceiptOutcome.Refused && receipt.Journal != moment.Facts.Journal))
        {
            return SenderEffect.Nothing.Instance;
        }

        _unanswered = 0;
        return receipt.Outcome == ReceiptOutcome.Refused
            ? OnRefusal(receipt.Refusal, moment)
            : OnHead(receipt, arrived.Holding, moment);
    }

    private SenderEffect OnHead(Receipt receipt, HeadHolding holding, in SenderMoment moment)
    {
        var probed = _probing;
        _probing = CommittedIsConfirmed = false;
        if (holding == HeadHolding.NotHeld)
        {
            return moment.Facts.Closed ? OnOtherHistory(receipt, probed, moment)
                : EndJournal(moment, receipt.Head.Seq > moment.Facts.Tail.Seq
                    ? SuccessionReason.RolledBack
                    : SuccessionReason.Fork);
        }

        if (Phase == SenderPhase.AwaitingHello)
        {
            _nextHelloMs = moment.NowMs + (_greetAgain ? 0 : _options.HelloIntervalMs);
            _greetAgain = false;
        }

        _failures = 0;
        _inFlight = default;
        _serviceHead = receipt.Head;
        _gapBase = holding == HeadHolding.BeforeRetention ? receipt.Head : null;
        // A gap that was closed may open again at the same head: then it is declared again.
        _gapDeclared = _gapBase is null ? null : _gapDeclared;
        CommittedIsConfirmed = true;
        // A batch size that was halved grows again by one entry an answer, up to what the service wants.
        _maxEntries = Math.Min(Math.Min(_options.MaxEntries, receipt.MaxEntries), _maxEntries + 1);
        Hold(SenderPhase.Draining, moment.NowMs + receipt.PaceMs);
        if (_gapBase is not null && moment.Facts.Closed && !moment.Facts.HasEntries)
        {
            Finish(moment);
        }

        return receipt.Head == moment.Facts.Committed
            ? SenderEffect.Nothing.Instance
            : new SenderEffect.MoveCommitted(receipt.Head);
    }

    /// <summary>
    /// A closed journal of which the service states a head that is not held here. When that head lies behind the tail,
    /// our history may still be its beginning: the last entry is sent alone, and only the answer Duplicate proves that
    /// all of it is in the ledger.
    /// </summary>
    private SenderEffect OnOtherHistory(Receipt receipt, bool probed, in SenderMoment moment)
    {
        if (probed && receipt.Outcome == ReceiptOutcome.Duplicate)
        {
            CommittedIsConfirmed = true;
            Finish(moment);
            return SenderEffect.Nothing.Instance;
        }

        if (probed || receipt.Head.Seq <= moment.Facts.Tail.Seq || !moment.Facts.HasEntries)
        {
            return EndJournal(moment, SuccessionReason.Fork);
        }

        _probing = true;
        _gapBase = null;
        _serviceHead = new Head(moment.Facts.Tail.Seq - 1, default);
        _nextHelloMs = moment.NowMs + _options.HelloIntervalMs;
        Hold(SenderPhase.Draining, moment.NowMs + receipt.PaceMs);
        return Advance(moment);
    }

    /// <summary>Each refusal has one next step; none is a dead end.</summary>
    private SenderEffect OnRefusal(Refusal refusal, in SenderMoment moment)
    {
        switch (refusal)
        {
            case Refusal.Fork:
                return EndJournal(moment, SuccessionReason.Fork);
            case Refusal.BrokenChain:
                return EndJournal(moment, SuccessionReason.Corrupt);
            case Refusal.NotYourJournal:
                return EndJournal(moment, SuccessionReason.NotOurs);
            case Refusal.TooLarge when _maxEntries > 1 && Phase == SenderPhase.AwaitingBatch:
                _maxEntries /= 2;
                Hold(SenderPhase.Draining, moment.NowMs);
                return SenderEffect.Nothing.Instance;
            case Refusal.Busy:
                Hold(Phase == SenderPhase.AwaitingHello ? SenderPhase.HelloDue : SenderPhase.Draining, BackOff(moment));
                return SenderEffect.Nothing.Instance;
            case Refusal.UnknownCabinet or Refusal.UnknownKey:
                Hold(SenderPhase.HelloDue, BackOff(moment));
                return SenderEffect.Enrol.Instance;
            default:
                Hold(SenderPhase.HelloDue, BackOff(moment));
                return SenderEffect.Nothing.Instance;
        }
    }

    /// <summary>
    /// A closed journal has its successor already; what the service does not take under its name is carried over.
    /// </summary>
    private SenderEffect EndJournal(in SenderMoment moment, SuccessionReason reason)
    {
        if (moment.Facts.Closed)
        {
            Finish(moment);
            return moment.Facts.HasEntries ? SenderEffect.CarryOver.Instance : SenderEffect.Nothing.Instance;
        }

        _successionReason = reason;
        Hold(SenderPhase.AwaitingSuccessor, moment.NowMs);
        return Advance(moment);
    }

    private long BackOff(in SenderMoment moment)
    {
        var doublings = Math.Min(_failures++, 30);
        var ceiling = Math.Min(_options.BackoffCapMs, (long)_options.BackoffBaseMs << doublings);
        return moment.NowMs + (long)(ceiling * Math.Clamp(moment.Jitter, 0, 1));
    }

    private void Finish(in SenderMoment moment)
    {
        _nextHelloMs = moment.NowMs + _options.HelloIntervalMs;
        Hold(SenderPhase.Finished, _nextHelloMs);
    }

    private void Hold(SenderPhase phase, long notBeforeMs)
    {
        Phase = phase;
        _notBeforeMs = notBeforeMs;
        _inFlight = default;
    }

    private void Reset(SenderPhase phase, long nowMs)
    {
        Hold(phase, nowMs);
        _gapBase = null;
        _probing = CommittedIsConfirmed = false;
        _serviceHead = default;
        _nextHelloMs = nowMs + _options.HelloIntervalMs;
    }
}
