using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace KioskFleet.Service.Alerts;

/// <summary>
/// Tells by a POST of JSON. The header <see cref="SignatureHeader"/> holds <c>sha256=</c> and the HMAC-SHA-256 of the
/// body in hexadecimal digits. Any 2xx says that the receiver took it.
/// </summary>
internal sealed class WebhookChannel(HttpClient http, WebhookOptions options) : IAlertChannel
{
    /// <summary>The header of the signature.</summary>
    public const string SignatureHeader = "X-KioskFleet-Signature";

    /// <summary>The header of the message's id.</summary>
    public const string MessageHeader = "X-KioskFleet-Message";

    private const int MaxWords = 200;

    /// <inheritdoc/>
    public string Name => WebhookOptions.Channel;

    /// <inheritdoc/>
    public async Task<string?> SendAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        try
        {
            // Read each time: a renewed key needs no restart.
            var secret = (await File.ReadAllTextAsync(options.SecretFile, cancellationToken)).Trim();
            var body = Encoding.UTF8.GetBytes(message.Body);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.Url));
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
            request.Headers.Add(SignatureHeader, Sign(Encoding.UTF8.GetBytes(secret), body));
            request.Headers.Add(MessageHeader, message.MessageId);
            using var response = await http.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.IsSuccessStatusCode ? null : $"{(int)response.StatusCode} {Cut(response.ReasonPhrase)}";
        }
        catch (Exception error) when (error is HttpRequestException or IOException or UnauthorizedAccessException
            or Polly.ExecutionRejectedException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return Cut(error.Message);
        }
    }

    /// <summary>The signature of a body. Pure.</summary>
    public static string Sign(byte[] secret, byte[] body) =>
        "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(secret, body));

    private static string Cut(string? words) =>
        words is { Length: > MaxWords } ? words[..MaxWords] : words ?? "";
}
