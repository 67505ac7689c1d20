using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace KioskFleet.Service.Tables;

/// <summary>Reads the body of an upload. Thread-safe.</summary>
internal static class UploadBody
{
    /// <summary>
    /// The whole body of a request, or null when it is larger than it may be: at once when the request states its
    /// length, else as soon as it shows. The answer is then the caller's, so the server's own limit is lifted here.
    /// </summary>
    public static async Task<byte[]?> ReadAsync(HttpContext http, int maxBytes, CancellationToken cancellationToken)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        return http.Request.ContentLength > maxBytes
            ? null
            : await ReadAsync(http.Request.Body, maxBytes, cancellationToken);
    }

    /// <summary>The whole body, or null as soon as it is larger than it may be.</summary>
    public static async Task<byte[]?> ReadAsync(Stream body, int maxBytes, CancellationToken cancellationToken)
    {
        using var whole = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            int read;
            while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                whole.Write(buffer, 0, read);
                if (whole.Length > maxBytes)
                {
                    return null;
                }
            }

            return whole.ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
