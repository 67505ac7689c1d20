using System.Buffers;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Series;

/// <summary>What the server did with a write. A closed set.</summary>
internal abstract record SeriesAnswer
{
    private SeriesAnswer()
    {
    }

    /// <summary>Taken.</summary>
    public sealed record Taken : SeriesAnswer;

    /// <summary>Refused because of what was sent; sending the same again is of no use.</summary>
    public sealed record Refused(int Status, string Words) : SeriesAnswer;

    /// <summary>Not taken now, though retried; the same may be taken later.</summary>
    public sealed record Unavailable(string Words) : SeriesAnswer;
}

/// <summary>
/// The InfluxDB v2 write API: gzipped line protocol. Retries of overload, with the server's Retry-After,
/// are made below it by the HTTP client's resilience.
/// </summary>
internal sealed class SeriesServer(
    HttpClient http, SeriesConnections connections, IOptions<SeriesOptions> options)
{
    /// <summary>Most characters of the server's words that are kept.</summary>
    public const int MaxWords = 500;

    // Compressing many short lines one by one costs more than the compressing. Twice as much is still no large object,
    // of which one for each request would keep the garbage collector busy with all that lives.
    private const int PieceBytes = 1 << 14;

    /// <summary>How many connections to it were made; it may have been restarted before each.</summary>
    public long Connections => connections.Made;

    /// <summary>Writes lines.</summary>
    public async Task<SeriesAnswer> WriteAsync(IEnumerable<string> lines, CancellationToken ct)
    {
        var o = options.Value;
        var query = $"org={Uri.EscapeDataString(o.Org)}&bucket={Uri.EscapeDataString(o.Bucket)}"
            + $"&precision={SeriesLines.Precision}";
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri($"{o.Url.TrimEnd('/')}/api/v2/write?{query}"));
        using var body = Compress(lines);
        request.Content = new ByteArrayContent(body.GetBuffer(), 0, (int)body.Length);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain") { CharSet = "utf-8" };
        request.Content.Headers.ContentEncoding.Add("gzip");
        if (o.TokenFile.Length > 0)
        {
            // Read each time: a renewed token needs no restart.
            var token = (await File.ReadAllTextAsync(o.TokenFile, ct)).Trim();
            request.Headers.Authorization = new AuthenticationHeaderValue("Token", token);
        }

        try
        {
            using var response = await http.SendAsync(request, ct);
            if (response.IsSuccessStatusCode)
            {
                return new SeriesAnswer.Taken();
            }

            var words = await response.Content.ReadAsStringAsync(ct);
            words = words.Length > MaxWords ? words[..MaxWords] : words;

            // 400 names bad lines, 413 too many, 422 a conflict of types: these are about the lines themselves. A page
            // for people comes from something else that listens there, and says nothing about them.
            return response.Content.Headers.ContentType?.MediaType is not "text/html"
                && response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge
                    or HttpStatusCode.UnprocessableEntity
                ? new SeriesAnswer.Refused((int)response.StatusCode, words)
                : new SeriesAnswer.Unavailable($"{(int)response.StatusCode} {words}");
        }
        catch (Exception error) when (
            error is HttpRequestException or IOException or Polly.ExecutionRejectedException
            || (error is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return new SeriesAnswer.Unavailable(error.Message);
        }
    }

    private static MemoryStream Compress(IEnumerable<string> lines)
    {
        var bytes = new MemoryStream();
        using var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true);
        var piece = new ArrayBufferWriter<byte>(2 * PieceBytes);
        foreach (var line in lines)
        {
            Encoding.UTF8.GetBytes(line, piece);
            if (piece.WrittenCount >= PieceBytes)
            {
                gzip.Write(piece.WrittenSpan);
                piece.ResetWrittenCount();
            }
        }

        gzip.Write(piece.WrittenSpan);
        return bytes;
    }
}
