using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Series;

/// <summary>
/// The writer of time series over the InfluxDB v2 write API; for looking, never for judging. Section <c>Series</c>;
/// immutable.
/// </summary>
internal sealed record SeriesOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Series";

    /// <summary>Whether to write at all. Default false.</summary>
    public bool Enabled { get; init; }

    /// <summary>The server's base address: <c>http://host:8086</c>.</summary>
    public string Url { get; init; } = "";

    /// <summary>The organisation.</summary>
    public string Org { get; init; } = "";

    /// <summary>The bucket.</summary>
    public string Bucket { get; init; } = "";

    /// <summary>The file that holds the token, one line; empty for none.</summary>
    public string TokenFile { get; init; } = "";

    /// <summary>Most entries of one request. 1–50,000, default 5,000.</summary>
    public int BatchEntries { get; init; } = 5_000;

    /// <summary>
    /// How long to wait when the ledger holds nothing new, in milliseconds. 10–600,000, default 2,000.
    /// </summary>
    public int IdleMilliseconds { get; init; } = 2_000;

    /// <summary>
    /// How long lines that the server took are kept to be written once more when it was restarted meanwhile, in
    /// seconds. 0–600, default 10: VictoriaMetrics has what it took on its disk after 5 s, and a kill takes the rest.
    /// </summary>
    public int KeepSentSeconds { get; init; } = 10;

    /// <summary>Seconds between two writings of the cabinets' standings. 10–86,400, default 300.</summary>
    public int GaugeSeconds { get; init; } = 300;

    /// <summary>Longest wait between two tries while the server fails, in seconds. 1–3,600, default 60.</summary>
    public int MaxRetryDelaySeconds { get; init; } = 60;
}

/// <summary>Reports wrong settings of the writer; looks only when it is on.</summary>
internal sealed class SeriesOptionsValidator : IValidateOptions<SeriesOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SeriesOptions options)
    {
        if (!options.Enabled)
        {
            return ValidateOptionsResult.Success;
        }

        var findings = new List<string>();
        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out var url) || url.Scheme is not "http" and not "https")
        {
            findings.Add($"Series:Url: got '{options.Url}'; takes an http or https address.");
        }

        if (string.IsNullOrWhiteSpace(options.Org))
        {
            findings.Add("Series:Org: got nothing; takes the organisation's name.");
        }

        if (string.IsNullOrWhiteSpace(options.Bucket))
        {
            findings.Add("Series:Bucket: got nothing; takes the bucket's name.");
        }

        if (options.TokenFile.Length > 0 && !File.Exists(options.TokenFile))
        {
            findings.Add($"Series:TokenFile: got '{options.TokenFile}', which does not exist; "
                + "takes the path of a file that holds the token.");
        }

        Range(findings, nameof(options.BatchEntries), options.BatchEntries, 1, 50_000);
        Range(findings, nameof(options.IdleMilliseconds), options.IdleMilliseconds, 10, 600_000);
        Range(findings, nameof(options.KeepSentSeconds), options.KeepSentSeconds, 0, 600);
        Range(findings, nameof(options.GaugeSeconds), options.GaugeSeconds, 10, 86_400);
        Range(findings, nameof(options.MaxRetryDelaySeconds), options.MaxRetryDelaySeconds, 1, 3_600);
        return findings.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(findings);
    }

    private static void Range(List<string> findings, string setting, int got, int least, int most)
    {
        if (got < least || got > most)
        {
            findings.Add($"Series:{setting}: got {got}; takes {least} to {most}.");
        }
    }
}
