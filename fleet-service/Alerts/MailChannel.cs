using System.Text;
using KioskFleet.Service.Places;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace KioskFleet.Service.Alerts;

/// <summary>Tells by e-mail: one mail for a message, in both languages, its id in the Message-ID.</summary>
internal sealed class MailChannel(MailOptions options, TimeProvider time) : IAlertChannel
{
    private const int SpareSeconds = 30;

    /// <inheritdoc/>
    public string Name => MailOptions.Channel;

    /// <inheritdoc/>
    public async Task<string?> SendAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        using var within = new CancellationTokenSource(TimeSpan.FromSeconds(options.TimeoutSeconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(within.Token, cancellationToken);
        try
        {
            using var mail = Compose(message, options);

            // Its own limit of two minutes must not come before ours.
            using var client = new SmtpClient { Timeout = (options.TimeoutSeconds + SpareSeconds) * 1_000 };
            await client.ConnectAsync(options.Host, options.Port, options.Security switch
            {
                MailSecurity.None => SecureSocketOptions.None,
                MailSecurity.StartTls => SecureSocketOptions.StartTls,
                _ => SecureSocketOptions.SslOnConnect,
            }, either.Token);
            if (options.UserName.Length > 0)
            {
                // Read each time: a renewed password needs no restart.
                var password = (await File.ReadAllTextAsync(options.PasswordFile, either.Token)).Trim();
                await client.AuthenticateAsync(options.UserName, password, either.Token);
            }

            await client.SendAsync(mail, either.Token);
            await QuitAsync(client, either.Token);
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{options.Host}:{options.Port} did not take it within {options.TimeoutSeconds} s.";
        }
        catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException
            or UnauthorizedAccessException or ProtocolException or CommandException or AuthenticationException
            or SslHandshakeException or NotSupportedException or InvalidOperationException)
        {
            return $"{options.Host}:{options.Port}: {error.Message}";
        }
    }

    /// <summary>The mail of a message. Pure.</summary>
    internal static MimeMessage Compose(OutboxMessage message, MailOptions options)
    {
        var notices = AlertMessage.Notices(message.Body);
        var subject = AlertWords.Of("Subject", notices.Count, new Bilingual(notices[0].TextZh, notices[0].Text));
        var from = MailboxAddress.Parse(options.From);
        var mail = new MimeMessage
        {
            Subject = $"{subject.Zh} / {subject.En}",
            MessageId = $"{message.MessageId}@{from.Domain}",
            Date = DateTimeOffset.FromUnixTimeMilliseconds(message.MadeUtcMs),
        };
        mail.From.Add(from);
        mail.To.AddRange(AlertOptionsValidator.Words(options.To).Select(MailboxAddress.Parse));
        mail.Headers.Add("X-KioskFleet-Message", message.MessageId);
        var text = new StringBuilder();
        foreach (var notice in notices)
        {
            text.Append(notice.TextZh).Append('\n').Append(notice.Text).Append("\n\n");
        }

        mail.Body = new TextPart("plain") { Text = text.ToString() };
        return mail;
    }

    /// <summary>The mail is taken already: a goodbye that fails must not send it again.</summary>
    private static async Task QuitAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ProtocolException
            or CommandException)
        {
            return;
        }
    }
}
