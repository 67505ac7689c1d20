using System.Diagnostics;
using System.Text.Json;
using KioskFleet.Agent.Cli;
using KioskFleet.Agent.Gate;
using KioskFleet.Agent.LocalApi;
using KioskFleet.Agent.Tests.Gate;
using KioskFleet.Agent.Tests.Journal;
using KioskFleet.Agent.Texts;
using KioskFleet.Protocol.Entries;
using KioskFleet.TestKit;
using Microsoft.Data.Sqlite;
using Xunit;

namespace KioskFleet.Agent.Tests.Cli;

/// <summary>The built program, as an operator runs it.</summary>
public sealed class CliTests : IDisposable
{
    private static readonly string[] Commands = ["run", "enrol", "status", "sell", "verify", "export", "decode"];

    private readonly TemporaryFolder _folder = new("agent-cli");
    private readonly string _config;

    public CliTests() => _config = _folder.Write("agent.json", $$"""
        { "dataDirectory": "{{_folder.File("data")}}", "api": { "listen": ["unix:{{_folder.File("a.sock")}}"] } }
        """);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_sale_by_hand_is_recorded_once_and_shown_verified_and_exported()
    {
        var sold = await RunAsync("sell", "--sku", "tea", "--paid", "12.50", "--quantity", "2", "--id", "v1");
        Assert.Equal((0, ""), (sold.Code, sold.Error));
        Assert.Equal(0,
            (await RunAsync("sell", "--sku", "tea", "--paid", "12.50", "--quantity", "2", "--id", "v1")).Code);
        Assert.Equal(1, (await RunAsync("sell", "--sku", "tea", "--paid", "13", "--quantity", "2", "--id", "v1")).Code);

        var status = JsonDocument.Parse((await RunAsync("status", "--json")).Output).RootElement;
        Assert.Equal(1, status.GetProperty("backlog").GetInt32());
        Assert.False(status.GetProperty("running").GetBoolean());
        Assert.Equal(1_250, status.GetProperty("sums").GetProperty("salesFen").GetInt64());
        Assert.Equal(0, (await RunAsync("verify")).Code);

        Assert.Equal(0, (await RunAsync("export", _folder.File("x.jsonl"))).Code);
        var entry = JsonDocument.Parse(Assert.Single(await File.ReadAllLinesAsync(
            _folder.File("x.jsonl"), TestContext.Current.CancellationToken))).RootElement;
        Assert.Equal(1, entry.GetProperty("seq").GetInt32());
    }

    [Fact]
    public async Task The_status_shows_gate_and_kept_config_in_both_languages()
    {
        await RunAsync("sell", "--sku", "tea", "--paid", "1");
        var before = await RunAsync("status");
        Assert.Contains("Gate: observes", before.Output, StringComparison.Ordinal);
        Assert.Contains("Config: applied none, wanted none", before.Output, StringComparison.Ordinal);

        using var cabinet = new TestCabinet();
        var config = ConfigOnPaper.Restrict(cabinet).Encode();
        var kept = new AppliedConfig(config, new EntryOrigin(cabinet.Journal.Id, 0)).ToFile();
        await File.WriteAllBytesAsync(Path.Combine(_folder.File("data"), ConfigDesk.FileName), kept,
            TestContext.Current.CancellationToken);
        var after = await ExecuteAsync(["status", "--config", _config], "", "zh_CN.UTF-8");
        Assert.Contains("销售控制: 限制", after.Output, StringComparison.Ordinal);
        Assert.Contains($"已应用 {config.Version}", after.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flipped_byte_is_named_by_verify()
    {
        await RunAsync("sell", "--sku", "tea", "--paid", "1");
        await RunAsync("sell", "--sku", "tea", "--paid", "2");
        await RunAsync("sell", "--sku", "tea", "--paid", "3");
        var file = Directory.GetFiles(Path.Combine(_folder.File("data"), "journals"), "*.db").Single();
        await using (var connection = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText =
                "UPDATE entry SET bytes = substr(bytes,1,60) || x'58' || substr(bytes,62) WHERE seq = 2";
            Assert.Equal(1, command.ExecuteNonQuery());
        }

        var verify = await RunAsync("verify");
        Assert.Equal(1, verify.Code);
        Assert.Contains("entry 2 is bad", verify.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_agent_sells_and_a_second_one_does_not_start()
    {
        using var agent = Start(["run", "--config", _config], null);
        try
        {
            while (!File.Exists(_folder.File("a.sock")))
            {
                Assert.False(agent.HasExited, "The agent ended.");
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }

            Assert.Equal(0, (await RunAsync("sell", "--sku", "tea", "--paid", "3.50")).Code);
            var status = JsonDocument.Parse((await RunAsync("status", "--json")).Output).RootElement;
            Assert.True(status.GetProperty("running").GetBoolean());
            Assert.Equal(350, status.GetProperty("sums").GetProperty("salesFen").GetInt64());
            var second = await RunAsync("run");
            Assert.Equal(1, second.Code);
            Assert.Contains("cannot start", second.Error, StringComparison.Ordinal);
        }
        finally
        {
            agent.Kill();
            await agent.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_wrong_setting_keeps_the_agent_from_starting_with_exit_code_2()
    {
        var config = _folder.Write("bad.json", """{"broker":{"port":0},"nonsense":1}""");
        var run = await ExecuteAsync(["run", "--config", config], null, null);
        Assert.Equal(2, run.Code);
        Assert.Contains("broker:port: got '0', takes a whole number from 1 to 65535", run.Error,
            StringComparison.Ordinal);
        Assert.Contains("nonsense", run.Error, StringComparison.Ordinal);
        var chinese = await ExecuteAsync(["run", "--config", config], null, "zh_CN.UTF-8");
        Assert.Contains("1 到 65535 之间的整数", chinese.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_command_has_help_with_examples_in_both_languages()
    {
        foreach (var command in Commands)
        {
            var english = await ExecuteAsync([command, "--help"], null, null);
            Assert.Equal(0, english.Code);
            Assert.Contains($"kiosk-agent {command}", english.Output, StringComparison.Ordinal);
        }

        Assert.Contains("示例", (await ExecuteAsync(["sell", "--help"], null, "zh_CN.UTF-8")).Output,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sell", "--sku", "tea")]
    [InlineData("sell", "--sku", "tea", "--paid", "dear")]
    [InlineData("sell", "--sku", "tea", "--paid", "1", "--quantity", "0")]
    [InlineData("steal")]
    [InlineData("enrol", "--token-file", "-")]
    public async Task A_wrong_command_line_ends_with_exit_code_2(params string[] arguments) =>
        Assert.Equal(2, (await RunAsync(arguments)).Code);

    [Fact]
    public async Task What_is_wrong_on_the_command_line_names_the_option()
    {
        var method = await RunAsync("sell", "--sku", "tea", "--paid", "1", "--method", "gold");
        Assert.Equal(2, method.Code);
        Assert.Contains("--method: got 'gold', takes wechat", method.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("sell", "--sku", "tea", "--paid", "1", "--method", "Other")).Code);

        var config = _folder.Write("enrol.json", $$"""
            { "dataDirectory": "{{_folder.File("data")}}", "serviceUrl": "http://127.0.0.1:1" }
            """);
        var token = await ExecuteAsync(["enrol", "--token-file", _folder.File("none"), "--config", config], "", null);
        Assert.Equal(1, token.Code);
        Assert.Contains("--token-file: " + _folder.File("none"), token.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Readings_are_shown_in_the_language_of_the_user()
    {
        var output = new StringWriter();
        var readings = ((string Kind, string Value)[])
            [("doors", "open 12 s"), ("doors", "closed"), ("clock", "heard"), ("temperatures", "4.1 °C")];
        StatusCommand.Print(
            new TelemetryAnswer(null, 0, 0, false, [],
                [.. readings.Select(one => new TelemetryReadingAnswer(one.Kind, "", one.Value, null))]),
            new CliContext(output, output, Language.Chinese));
        Assert.Contains("门: 开启 12 s", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("门: 关闭", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("时钟: 已与平台对时", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("温度: 4.1 °C", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00ff", "AP8=")]
    [InlineData("kf/v1/CZ-1/up/hello 00ff", "AP8=")]
    [InlineData("AP8=", "AP8=")]
    [InlineData("???", null)]
    public void A_payload_is_found_in_a_line(string line, string? expected) =>
        Assert.Equal(expected, PayloadText.OfLine(line) is { } bytes ? Convert.ToBase64String(bytes) : null);

    [Fact]
    public async Task A_payload_is_decoded_from_hex_and_from_a_file()
    {
        var receipt = new Protocol.Receipts.Receipt(default, default, Protocol.Receipts.ReceiptOutcome.Heard,
            Protocol.Receipts.Refusal.None, default, 1_600_000_000_000, 0, 500, "", "").Encode();
        var fromHex = await ExecuteAsync(["decode"], Convert.ToHexString(receipt) + "\n", null);
        await File.WriteAllBytesAsync(_folder.File("p.bin"), receipt, TestContext.Current.CancellationToken);
        var fromFile = await ExecuteAsync(["decode", _folder.File("p.bin")], null, null);
        Assert.Equal(0, fromHex.Code);
        Assert.Equal(fromHex.Output, fromFile.Output);
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(fromHex.Output).RootElement.ValueKind);
    }

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) =>
        ExecuteAsync([.. arguments, "--config", _config], "", null);

    private static async Task<(int Code, string Output, string Error)> ExecuteAsync(
        string[] arguments, string? input, string? language)
    {
        using var process = Start(arguments, language);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output, await error);
    }

    private static Process Start(string[] arguments, string? language)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "KioskFleet.Agent.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["LC_ALL"] = language ?? "C";
        return Process.Start(start)!;
    }
}
