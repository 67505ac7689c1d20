using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using KioskFleet.Service.Tables;
using KioskFleet.Service.Tests.Hosting;
using KioskFleet.Service.Tests.Places;
using KioskFleet.Service.Venues;
using Xunit;

namespace KioskFleet.Service.Tests.Venues;

/// <summary>Tables as bodies of requests: their media types and their size.</summary>
public sealed class UploadTests
{
    public static TheoryData<string, string> Imports => new()
    {
        { "/api/v1/sales-reports/import", "reporter,document_number,evidence\n" },
        { "/api/v1/procurement/purchases/import", "unit,document_number,evidence\n" },
    };

    [Theory]
    [MemberData(nameof(Imports))]
    public async Task A_table_is_taken_under_its_own_media_type_and_another_is_refused_in_both_languages(
        string path, string csv)
    {
        await using var rig = await VenueRig.StartAsync(ShippedDataSets.All[0]);
        var columns = csv.Trim().Split(',');
        var sheet = TableWriter.Xlsx("报表", columns, [["x", "y", "z"]]);
        await SendAsync(rig, path, Encoding.UTF8.GetBytes(csv + "x,y,z\n"), "text/csv; charset=utf-8", 200);
        await SendAsync(rig, path, sheet, TableWriter.XlsxType, 200);
        await SendAsync(rig, path, sheet, "application/octet-stream", 200);
        var refused = await SendAsync(rig, path, sheet, "application/pdf", 415);
        Assert.Equal("unsupportedMediaType", refused.GetProperty("code").GetString());
        Assert.Contains(refused.GetProperty("titleZh").GetString()!, c => c is >= '\u4e00' and <= '\u9fff');
        Assert.Equal("application/pdf", refused.GetProperty("got").GetString());
    }

    [Theory]
    [MemberData(nameof(Imports))]
    public async Task A_hundred_megabytes_over_a_socket_are_refused_and_the_limit_is_named(string path, string csv)
    {
        await using var rig = await VenueRig.StartAsync(ShippedDataSets.All[0]);
        foreach (var isLengthStated in new[] { true, false })
        {
            var (status, answer) = await PostRawAsync(rig, path, csv, isLengthStated);
            Assert.Equal(413, status);
            Assert.Equal(("tooLarge", VenueLimits.MaxUploadBytes), (answer.GetProperty("code").GetString()!,
                answer.GetProperty("limitBytes").GetInt32()));
            Assert.NotEmpty(answer.GetProperty("titleZh").GetString()!);
        }
    }

    private static async Task<JsonElement> SendAsync(
        VenueRig rig, string path, byte[] bytes, string type, int status)
    {
        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var response = await rig.Admin.PostAsync(path, content, VenueRig.Stop);
        return await ServiceRig.JsonAsync(response, (HttpStatusCode)status);
    }

    /// <summary>Sends what a client would send of 100 MB until it is answered, by hand: a client may stop early.
    /// </summary>
    private static async Task<(int Status, JsonElement Answer)> PostRawAsync(
        VenueRig rig, string path, string csv, bool isLengthStated)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, rig.Service.Host.HttpAddress.Port, VenueRig.Stop);
        var stream = socket.GetStream();
        var head = $"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {rig.Service.AdminToken}\r\n"
            + "Content-Type: text/csv\r\n"
            + (isLengthStated ? "Content-Length: 104857600\r\n\r\n" : "Transfer-Encoding: chunked\r\n\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), VenueRig.Stop);
        var part = Encoding.ASCII.GetBytes(csv.PadRight(1 << 20, '\n'));
        var sending = Task.Run(async () =>
        {
            try
            {
                for (var sent = 0; sent < (isLengthStated ? 1 : 100); sent++)
                {
                    var size = isLengthStated ? "" : $"{part.Length:x}\r\n";
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(size), VenueRig.Stop);
                    await stream.WriteAsync(part, VenueRig.Stop);
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(isLengthStated ? "" : "\r\n"), VenueRig.Stop);
                }
            }
            catch (Exception closed) when (closed is IOException or ObjectDisposedException)
            {
                // It was answered and the connection closed, by the service or here; the answer is what is looked at.
                return closed.Message;
            }

            return "";
        }, VenueRig.Stop);
        var text = new StringBuilder();
        var buffer = new byte[64 * 1024];
        for (int read; !IsWhole($"{text}") && (read = await stream.ReadAsync(buffer, VenueRig.Stop)) > 0;)
        {
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        socket.Close();
        await sending;
        var answer = text.ToString();
        var (from, to) = (answer.IndexOf('{', StringComparison.Ordinal), answer.LastIndexOf('}'));
        return (int.Parse(answer.AsSpan(9, 3), null), JsonElement.Parse(answer[from..(to + 1)]));
    }

    private static bool IsWhole(string answer) => answer.TrimEnd('\r', '\n', '0').EndsWith('}');
}
