using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using KioskFleet.Protocol.Describing;

namespace KioskFleet.Agent.Cli;

/// <summary>
/// <c>decode</c>: prints binary payloads as readable JSON. Lines are decoded as they come, so it can stand behind a
/// pipe that never ends.
/// </summary>
internal static class DecodeCommand
{
    private static readonly JsonWriterOptions Writing =
        new() { Indented = true, Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>Decodes a file or, for <c>-</c>, stdin.</summary>
    public static async Task<int> ExecuteAsync(string path, CliContext cli, CancellationToken cancel)
    {
        await using var input = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
        var start = new byte[4];
        var read = await input.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancel);
        using var rest = new PrefixedStream(start.AsMemory(0, read), input);
        if (!PayloadText.LooksRaw(start.AsSpan(0, read)))
        {
            return await DecodeLinesAsync(rest, cli, cancel);
        }

        using var whole = new MemoryStream();
        await rest.CopyToAsync(whole, cancel);
        Print(whole.GetBuffer().AsSpan(0, (int)whole.Length), cli);
        return ExitCode.Done;
    }

    private static async Task<int> DecodeLinesAsync(Stream input, CliContext cli, CancellationToken cancel)
    {
        using var reader = new StreamReader(input);
        var result = ExitCode.Done;
        for (var number = 1; await reader.ReadLineAsync(cancel) is { } line; number++)
        {
            if (PayloadText.OfLine(line) is { } payload)
            {
                Print(payload, cli);
            }
            else if (!string.IsNullOrWhiteSpace(line))
            {
                cli.Say("NotAPayload", number);
                result = ExitCode.Failed;
            }
        }

        return result;
    }

    private static void Print(ReadOnlySpan<byte> payload, CliContext cli)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Writing))
        {
            MessageJson.Write(payload, json);
        }

        cli.Output.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
        cli.Output.Flush();
    }
}
