using KioskFleet.Service.Http;
using Microsoft.Extensions.Options;
using MimeKit;

namespace KioskFleet.Service.Alerts;

/// <summary>Checks the settings of alerts at start and names every wrong one with what it got and takes.</summary>
internal sealed class AlertOptionsValidator : IValidateOptions<AlertOptions>
{
    /// <summary>Most receivers of a mail.</summary>
    public const int MaxReceivers = 50;

    /// <summary>Shortest key of the webhook's signature, in characters.</summary>
    public const int MinSecretLength = 16;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, AlertOptions options)
    {
        var wrong = new List<string>();
        CheckLimits(options, wrong);
        CheckQuiet(options.Quiet, wrong);
        if (options.Mail.Host.Length > 0)
        {
            CheckMail(options.Mail, wrong);
        }

        if (options.Webhook.Url.Length > 0)
        {
            CheckWebhook(options.Webhook, wrong);
        }

        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static void CheckLimits(AlertOptions options, List<string> wrong)
    {
        Range(wrong, "CheckSeconds", options.CheckSeconds, 5, 3_600);
        Range(wrong, "OfflineMinutes", options.OfflineMinutes, 2, 10_080);
        Range(wrong, "UnsentMinutes", options.UnsentMinutes, 5, 43_200);
        Range(wrong, "ReadingMinutes", options.ReadingMinutes, 5, 10_080);
        Range(wrong, "TemperatureMinutes", options.TemperatureMinutes, 0, 1_440);
        Range(wrong, "DoorMinutes", options.DoorMinutes, 1, 1_440);
        Range(wrong, "NoSaleTimes", options.NoSaleTimes, 2, 100);
        Range(wrong, "NoSaleLeastHours", options.NoSaleLeastHours, 1, 720);
        Range(wrong, "ClockOffMinutes", options.ClockOffMinutes, 1, 525_600);
        Range(wrong, "DiskFreePercent", options.DiskFreePercent, 1, 50);
        Range(wrong, "Retry:FirstSeconds", options.Retry.FirstSeconds, 1, 3_600);
        Range(wrong, "Retry:MostSeconds", options.Retry.MostSeconds, 1, 86_400);
        Range(wrong, "Retry:Attempts", options.Retry.Attempts, 1, 100);
        CheckZone(wrong, "Temperature", options.Temperature);
        foreach (var (zone, range) in options.Zones)
        {
            CheckZone(wrong, $"Zones:{zone}", range);
        }
    }

    private static void CheckZone(List<string> wrong, string setting, TemperatureRange range)
    {
        Range(wrong, $"{setting}:LeastMilliCelsius", range.LeastMilliCelsius, -100_000, 150_000);
        Range(wrong, $"{setting}:MostMilliCelsius", range.MostMilliCelsius, range.LeastMilliCelsius + 1, 150_000);
    }

    private static void CheckQuiet(QuietOptions quiet, List<string> wrong)
    {
        foreach (var (setting, text) in ((string, string)[])[("From", quiet.From), ("To", quiet.To)])
        {
            if (text.Length > 0 && QuietHours.Minute(text) is null)
            {
                Wrong(wrong, $"Quiet:{setting}", text, "a time of the day such as 22:00, or nothing");
            }
        }

        foreach (var word in Words(quiet.Breaking))
        {
            if (EnumWord.Parse<AlertKind>(word) is null)
            {
                Wrong(wrong, "Quiet:Breaking", word, string.Join(", ", Enum.GetNames<AlertKind>()));
            }
        }
    }

    private static void CheckMail(MailOptions mail, List<string> wrong)
    {
        Range(wrong, "Mail:Port", mail.Port, 1, 65_535);
        Range(wrong, "Mail:TimeoutSeconds", mail.TimeoutSeconds, 1, 300);
        if (!MailboxAddress.TryParse(mail.From, out _))
        {
            Wrong(wrong, "Mail:From", mail.From, "an e-mail address");
        }

        var receivers = Words(mail.To);
        if (receivers.Count is 0 or > MaxReceivers || receivers.Any(one => !MailboxAddress.TryParse(one, out _)))
        {
            Wrong(wrong, "Mail:To", mail.To, $"1 to {MaxReceivers} e-mail addresses with commas between");
        }

        if (mail.UserName.Length > 0)
        {
            Secret(wrong, "Mail:PasswordFile", mail.PasswordFile, 1);
        }
    }

    private static void CheckWebhook(WebhookOptions webhook, List<string> wrong)
    {
        Range(wrong, "Webhook:TimeoutSeconds", webhook.TimeoutSeconds, 1, 300);
        if (!Uri.TryCreate(webhook.Url, UriKind.Absolute, out var url) || url.Scheme is not "http" and not "https")
        {
            Wrong(wrong, "Webhook:Url", webhook.Url, "an http or https address");
        }

        Secret(wrong, "Webhook:SecretFile", webhook.SecretFile, MinSecretLength);
    }

    private static void Secret(List<string> wrong, string setting, string path, int least)
    {
        var takes = $"the path of a file whose first line has {least} characters or more";
        try
        {
            if ((File.ReadLines(path).FirstOrDefault()?.Trim() ?? "").Length < least)
            {
                Wrong(wrong, setting, path, takes);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Wrong(wrong, setting, path, takes);
        }
    }

    /// <summary>The words of a list with commas.</summary>
    internal static IReadOnlyList<string> Words(string list) =>
        list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static void Range(List<string> wrong, string setting, int got, int least, int most)
    {
        if (got < least || got > most)
        {
            Wrong(wrong, setting, $"{got}", $"{least} to {most}");
        }
    }

    private static void Wrong(List<string> wrong, string setting, string got, string takes) =>
        wrong.Add($"{AlertOptions.Section}:{setting}: got '{got}'; takes {takes}.");
}
