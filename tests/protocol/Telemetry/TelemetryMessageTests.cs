using CsCheck;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Telemetry;
using Xunit;

namespace KioskFleet.Protocol.Tests.Telemetry;

public sealed class TelemetryMessageTests
{
    private const string Boot = "00000000000000000000000000000007";

    private static string Wrapped(string members) => $$"""
        { "v": 1, "cabinet": "CZ-0001", "boot": "{{Boot}}", "monotonicMs": 1, "wallUtcMs": 1, "samples": [
          { "boot": "{{Boot}}", "monotonicMs": 1, "wallUtcMs": 1, {{members}} }] }
        """;

    private static TelemetryProblem ProblemOf(string json)
    {
        Assert.False(TelemetryReader.TryRead(System.Text.Encoding.UTF8.GetBytes(json), out _, out var problem));
        return problem;
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        var payload = TelemetrySamples.Message(TelemetrySamples.Sample(), TelemetrySamples.Sample(5));
        Assert.True(TelemetryReader.TryRead(payload, out var message, out var problem), $"{problem}");

        Assert.Equal(TelemetrySamples.Header().Cabinet, message.Header.Cabinet);
        Assert.Equal(TelemetrySamples.Header().Sent, message.Header.Sent);
        Assert.Equal(TelemetrySamples.Header().Clocks, message.Header.Clocks);
        Assert.Equal([999_000, 5], message.Samples.Select(sample => sample.Time.MonotonicMs));
        Assert.All(message.Samples, sample => Assert.Equal(
            TelemetrySamples.All.OrderBy(reading => reading.Key.Kind).ThenBy(reading => reading.Key.Name),
            sample.Readings.OrderBy(reading => reading.Key.Kind).ThenBy(reading => reading.Key.Name)));
    }

    [Fact]
    public void Members_of_a_later_version_are_passed_over()
    {
        var json = Wrapped("""
            "humidity": [{ "percent": 40 }], "temperatures": [{ "milliCelsius": 1, "sensor": { "id": 3 } }]
            """).Replace("\"v\": 1,", "\"v\": 9, \"mood\": \"good\",", StringComparison.Ordinal);
        Assert.True(TelemetryReader.TryRead(System.Text.Encoding.UTF8.GetBytes(json), out var message, out _));
        Assert.Equal([new TelemetryReading.Temperature("main", 1)], message.Samples[0].Readings);
    }

    [Theory]
    [InlineData("\"temperatures\": [{ \"milliCelsius\": 150001 }]",
        TelemetryFault.OutOfRange, "samples[0].temperatures[0].milliCelsius", "got 150001, takes -100000 to 150000")]
    [InlineData("\"temperatures\": [{ \"milliCelsius\": 4.5 }]",
        TelemetryFault.WrongType, "samples[0].temperatures[0].milliCelsius", "takes a whole number")]
    [InlineData("\"temperatures\": {}", TelemetryFault.WrongType, "samples[0].temperatures", "takes a list")]
    [InlineData("\"doors\": [{ \"door\": \"main\" }]", TelemetryFault.Missing, "samples[0].doors[0].open", "missing")]
    [InlineData("\"doors\": [{ \"open\": 1 }]", TelemetryFault.WrongType, "samples[0].doors[0].open", "true or false")]
    [InlineData("\"doors\": [7]", TelemetryFault.WrongType, "samples[0].doors[0]", "takes an object")]
    [InlineData("\"stock\": [{ \"pieces\": 1 }]", TelemetryFault.Missing, "samples[0].stock[0].slot", "missing")]
    [InlineData("\"stock\": [{ \"slot\": \"12345678901234567\", \"pieces\": 1 }]",
        TelemetryFault.TooLong, "samples[0].stock[0].slot", "got 17 bytes, takes at most 16")]
    [InlineData("\"signal\": { \"dbm\": 1 }", TelemetryFault.OutOfRange, "samples[0].signal.dbm", "takes -200 to 0")]
    [InlineData("\"signal\": 5", TelemetryFault.WrongType, "samples[0].signal", "takes an object")]
    [InlineData("\"clock\": { \"offsetMs\": 1 }", TelemetryFault.Missing, "samples[0].clock.heard", "missing")]
    [InlineData("\"agent\": { \"version\": \"\", \"upMs\": 1 }",
        TelemetryFault.Missing, "samples[0].agent.version", "missing")]
    [InlineData("\"disk\": { \"freeBytes\": 1, \"totalBytes\": 0 }",
        TelemetryFault.OutOfRange, "samples[0].disk.totalBytes", "takes 1 to")]
    [InlineData("\"faults\": [{ \"code\": \"\\ud800\" }]", TelemetryFault.NotJson, "", "no Unicode")]
    public void What_is_wrong_is_named_with_what_it_takes(
        string members, TelemetryFault fault, string field, string words)
    {
        var problem = ProblemOf(Wrapped(members));
        Assert.Equal((fault, field), (problem.Fault, problem.Field));
        Assert.Contains(words, problem.Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", TelemetryFault.NotJson)]
    [InlineData("[]", TelemetryFault.NotJson)]
    [InlineData("{\"v\":1}", TelemetryFault.Missing)]
    [InlineData("{\"v\":0}", TelemetryFault.OutOfRange)]
    public void What_is_no_message_is_refused(string json, TelemetryFault fault) =>
        Assert.Equal(fault, ProblemOf(json).Fault);

    [Fact]
    public void Every_list_has_its_limit()
    {
        string Many(int count, string one) => string.Join(',', Enumerable.Repeat(one, count));
        Assert.Equal(("samples[0].temperatures", TelemetryFault.TooLong),
            Of(ProblemOf(Wrapped($"\"temperatures\": [{Many(17, "{\"milliCelsius\":1}")}]"))));
        Assert.Equal(("samples[0].doors", TelemetryFault.TooLong),
            Of(ProblemOf(Wrapped($"\"doors\": [{Many(33, "{\"open\":true}")}]"))));
        Assert.Equal(("samples[0].stock", TelemetryFault.TooLong),
            Of(ProblemOf(Wrapped($"\"stock\": [{Many(257, "{\"slot\":\"A\",\"pieces\":1}")}]"))));
        Assert.Equal(("samples[0].faults", TelemetryFault.TooLong),
            Of(ProblemOf(Wrapped($"\"faults\": [{Many(33, "{\"code\":\"E\"}")}]"))));
        var message = Wrapped("\"stock\": []");
        var sample = message[message.IndexOf("{ \"boot\"", StringComparison.Ordinal)..message.LastIndexOf(']')];
        Assert.Equal(("samples", TelemetryFault.TooLong), Of(ProblemOf(
            message.Replace(sample, Many(129, sample.Replace(" ", "", StringComparison.Ordinal)),
                StringComparison.Ordinal))));

        static (string Field, TelemetryFault Fault) Of(TelemetryProblem problem) => (problem.Field, problem.Fault);
    }

    [Fact]
    public void A_message_is_filled_to_its_limit_and_never_beyond()
    {
        var sample = TelemetryWriter.Encode(TelemetrySamples.Sample());
        var writer = new TelemetryWriter(TelemetrySamples.Header());
        var added = 0;
        while (writer.TryAdd(sample))
        {
            added++;
        }

        var payload = writer.Finish();
        Assert.InRange(payload.Length, Limits.MaxTelemetryBytes - sample.Length, Limits.MaxTelemetryBytes);
        Assert.True(TelemetryReader.TryRead(payload, out var message, out var problem), $"{problem}");
        Assert.Equal(added, message.Samples.Count);
        Assert.Equal(TelemetryFault.TooManyBytes, ProblemOf(new string(' ', Limits.MaxTelemetryBytes + 1)).Fault);

        for (var length = Limits.MaxTelemetryBytes - 600; length <= Limits.MaxTelemetryBytes; length++)
        {
            var edge = new TelemetryWriter(TelemetrySamples.Header());
            Assert.True(!edge.TryAdd(new byte[length]) || edge.Finish().Length <= Limits.MaxTelemetryBytes);
        }

        var small = TelemetryWriter.Encode(new TelemetrySample(new EntryTime(new BootId(1), 1, 1), []));
        var many = new TelemetryWriter(TelemetrySamples.Header());
        Assert.Equal(Limits.MaxTelemetrySamples, Enumerable.Range(0, 200).Count(_ => many.TryAdd(small)));
    }

    [Fact]
    public void No_input_makes_the_reader_throw()
    {
        var seed = TelemetrySamples.Message(TelemetrySamples.Sample());
        Gen.Select(Gen.Int[0, 100_000], Gen.Byte).Array[1, 4].Sample(flips =>
        {
            byte[] bytes = [.. seed];
            foreach (var (at, with) in flips)
            {
                bytes[at % bytes.Length] ^= with;
            }

            Assert.Equal(TelemetryReader.TryRead(bytes, out var message, out var problem), problem is null);
            Assert.Equal(message is null, problem is not null);
            TelemetryReader.TryReadReadings(bytes, out _, out _);
        }, iter: 20_000);
        for (var length = 0; length < seed.Length; length++)
        {
            Assert.False(TelemetryReader.TryRead(seed.AsMemory(0, length), out _, out _));
        }
    }

    [Fact]
    public void A_source_gives_the_members_of_a_sample_without_its_moment()
    {
        Assert.True(TelemetryReader.TryReadReadings(
            """{"temperatures":[{"milliCelsius":4000}],"faults":[]}"""u8.ToArray(), out var readings, out _));
        Assert.Equal(
            [new TelemetryReading.Temperature("main", 4_000), new TelemetryReading.Faults([])], readings);
    }
}
