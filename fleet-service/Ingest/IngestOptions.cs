using KioskFleet.Protocol;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Ingest;

/// <summary>Limits of the write path.</summary>
internal sealed record IngestOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Ingest";

    /// <summary>
    /// Most payload bytes that may wait for a decision; more wait unread on their connections. 1 MiB to 1 GiB; default
    /// 16 MiB, which is three of the largest transactions.
    /// </summary>
    public int MaxUndecidedBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>One of so many parts of these bytes is kept for hellos and small batches.</summary>
    public const int PartKeptForLight = 8;

    /// <summary>
    /// Largest batch taken, in bytes. From <see cref="Limits.MinBatchBytesAccepted"/>, so that the largest entry always
    /// fits, to <see cref="Limits.MaxBatchBytes"/> (default).
    /// </summary>
    public int MaxBatchBytes { get; init; } = Limits.MaxBatchBytes;

    /// <summary>Most entries wanted in a batch; agents hear it in receipts. 1 to 500 (default).</summary>
    public int MaxBatchEntries { get; init; } = Limits.MaxBatchEntries;

    /// <summary>Most entries committed in one transaction. 500 to 200,000; default 20,000.</summary>
    public int MaxGroupEntries { get; init; } = 20_000;

    /// <summary>
    /// Threads that check signatures and chains. 1 to 64; default: half of the machine's processors, at most 4: the
    /// group that is being committed needs the others, and checking is the smaller part of the work.
    /// </summary>
    public int Verifiers { get; init; } = Math.Clamp(Environment.ProcessorCount / 2, 1, 4);

    /// <summary>
    /// The longest pause that receipts ask a cabinet with a backlog for, in milliseconds. 0 to 600,000; default 60,000.
    /// </summary>
    public int MaxPaceMs { get; init; } = 60_000;

    /// <summary>Most refused messages kept as evidence; the oldest go first. 0 to 1,000,000; default 10,000.</summary>
    public int MaxRefusedMessages { get; init; } = 10_000;

    /// <summary>
    /// Most payload bytes of refused messages kept as evidence. 0 to 1 GiB; default 256 MiB. The oldest go first.
    /// </summary>
    public int MaxRefusedBytes { get; init; } = 256 * 1024 * 1024;
}

/// <summary>Checks the limits at start and names every wrong one.</summary>
internal sealed class IngestOptionsValidator : IValidateOptions<IngestOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, IngestOptions options)
    {
        var wrong = new List<string>();
        Check(nameof(options.MaxUndecidedBytes), options.MaxUndecidedBytes, 1024 * 1024, 1024 * 1024 * 1024);
        Check(nameof(options.MaxBatchBytes), options.MaxBatchBytes, Limits.MinBatchBytesAccepted, Limits.MaxBatchBytes);
        Check(nameof(options.MaxBatchEntries), options.MaxBatchEntries, 1, Limits.MaxBatchEntries);
        Check(nameof(options.MaxGroupEntries), options.MaxGroupEntries, Limits.MaxBatchEntries, 200_000);
        Check(nameof(options.Verifiers), options.Verifiers, 1, 64);
        Check(nameof(options.MaxPaceMs), options.MaxPaceMs, 0, 600_000);
        Check(nameof(options.MaxRefusedBytes), options.MaxRefusedBytes, 0, 1024 * 1024 * 1024);
        Check(nameof(options.MaxRefusedMessages), options.MaxRefusedMessages, 0, 1_000_000);
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);

        void Check(string setting, int got, int least, int most)
        {
            if (got < least || got > most)
            {
                wrong.Add($"{IngestOptions.Section}:{setting} is {got}; it takes {least} to {most}.");
            }
        }
    }
}
