namespace KioskFleet.Protocol.Sending;

/// <summary>Times and sizes of a sender. All times in milliseconds.</summary>
public sealed record SenderOptions
{
    /// <summary>
    /// How long an answer may take before the message is sent again. 1,000 to 600,000; default 30,000.
    /// </summary>
    public int AnswerTimeoutMs { get; init; } = 30_000;

    /// <summary>How often a hello is said on a healthy link. 10,000 to 86,400,000; default 600,000.</summary>
    public int HelloIntervalMs { get; init; } = 600_000;

    /// <summary>First back-off, doubled with each failure, with full jitter. 10 to 60,000; default 1,000.</summary>
    public int BackoffBaseMs { get; init; } = 1_000;

    /// <summary>Largest back-off. At least the first one; default 300,000.</summary>
    public int BackoffCapMs { get; init; } = 300_000;

    /// <summary>Unanswered messages in a row after which the link is made anew. 1 to 100; default 3.</summary>
    public int UnansweredBeforeReconnect { get; init; } = 3;

    /// <summary>Most entries of a batch. 1 to <see cref="Limits.MaxBatchEntries"/>; default 500.</summary>
    public int MaxEntries { get; init; } = Limits.MaxBatchEntries;
}
