using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Protocol.Telemetry;

/// <summary>
/// Reads telemetry under the limits of <see cref="Limits"/>. Unknown members are passed over, so that a newer cabinet
/// is understood as far as this version goes. No input makes it throw. Pure.
/// </summary>
public static class TelemetryReader
{
    /// <summary>Name of a zone or door when none is said.</summary>
    public const string MainName = "main";

    private const long Largest = 1L << 60;
    private const long LongestMs = 10_000_000_000_000;

    /// <summary>Reads a message.</summary>
    /// <param name="payload">Its bytes.</param>
    /// <param name="message">The message; null when false.</param>
    /// <param name="problem">The first thing that is wrong; null when true.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> payload, [NotNullWhen(true)] out TelemetryMessage? message,
        [NotNullWhen(false)] out TelemetryProblem? problem)
    {
        message = Read(payload, static root => MessageOf(root), out problem);
        return problem is null && message is not null;
    }

    /// <summary>
    /// Reads the readings of a source: an object with the members of a sample, without its moment. Members
    /// <c>agent</c>, <c>backlog</c>, <c>clock</c> and <c>disk</c> are read as well; the agent knows these better.
    /// </summary>
    public static bool TryReadReadings(
        ReadOnlyMemory<byte> json, [NotNullWhen(true)] out IReadOnlyList<TelemetryReading>? readings,
        [NotNullWhen(false)] out TelemetryProblem? problem)
    {
        readings = Read(json, static root => ReadingsOf(root), out problem);
        return problem is null && readings is not null;
    }

    private static T? Read<T>(
        ReadOnlyMemory<byte> payload, Func<JsonMembers, T> read, out TelemetryProblem? problem)
        where T : class
    {
        problem = null;
        if (payload.Length > Limits.MaxTelemetryBytes)
        {
            problem = new TelemetryProblem(TelemetryFault.TooManyBytes, "",
                $"got {payload.Length} bytes, takes at most {Limits.MaxTelemetryBytes}");
            return null;
        }

        var faults = new FirstProblem();
        try
        {
            using var document = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = 16 });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                var result = read(new JsonMembers(document.RootElement, "", faults));
                problem = faults.Problem;
                return problem is null ? result : null;
            }

            problem = new TelemetryProblem(TelemetryFault.NotJson, "", "takes one JSON object");
        }
        catch (JsonException exception)
        {
            problem = new TelemetryProblem(TelemetryFault.NotJson, "", $"is no JSON in line {exception.LineNumber + 1} "
                + $"at byte {exception.BytePositionInLine + 1}; takes one JSON object");
        }
        catch (InvalidOperationException)
        {
            // A text or a name that is no Unicode is found only when it is read.
            problem = new TelemetryProblem(TelemetryFault.NotJson, "", "holds a text that is no Unicode");
        }

        return null;
    }

    private static TelemetryMessage MessageOf(JsonMembers root)
    {
        root.Number("v", 1, int.MaxValue);
        var text = root.Text("cabinet", CabinetId.MaxLength);
        if (!CabinetId.TryParse(text, out var cabinet))
        {
            root.Lacks("cabinet", 0);
        }

        var sent = TimeOf(root);
        var clocks = root.Objects("clocks", Limits.MaxClockObservations).Select(clock => new ClockObservation(
            clock.Boot("boot"), clock.Number("monotonicMs", 0, long.MaxValue),
            clock.Number("serverUtcMs", 0, EntryDating.LatestPlausibleUtcMs))).ToList();
        var samples = root.Objects("samples", Limits.MaxTelemetrySamples)
            .Select(sample => new TelemetrySample(TimeOf(sample), ReadingsOf(sample))).ToList();
        return samples.Count == 0
            ? root.Lacks<TelemetryMessage>("samples", null!)
            : new TelemetryMessage(new TelemetryHeader(cabinet, sent, clocks), samples);
    }

    private static EntryTime TimeOf(JsonMembers members) => new(
        members.Boot("boot"), members.Number("monotonicMs", 0, long.MaxValue),
        members.Number("wallUtcMs", long.MinValue, long.MaxValue));

    private static List<TelemetryReading> ReadingsOf(JsonMembers members)
    {
        List<TelemetryReading> readings =
        [
            .. members.Objects("temperatures", Limits.MaxTelemetryZones).Select(one => new TelemetryReading.Temperature(
                NameOf(one, "zone"), (int)one.Number("milliCelsius", -100_000, 150_000))),
            .. members.Objects("doors", Limits.MaxTelemetryDoors).Select(one => new TelemetryReading.Door(
                NameOf(one, "door"), one.Flag("open"), one.OptionalNumber("openMs", 0, LongestMs) ?? 0)),
            .. members.Objects("stock", Limits.MaxTelemetrySlots).Select(one => new TelemetryReading.Stock(
                one.Text("slot", Limits.MaxSlotBytes), (int)one.Number("pieces", 0, Limits.MaxQuantity),
                (int?)one.OptionalNumber("capacity", 0, Limits.MaxQuantity),
                one.OptionalText("sku", Limits.MaxIdBytes))),
        ];
        if (members.Object("signal") is { } signal)
        {
            readings.Add(new TelemetryReading.Signal(
                (int)signal.Number("dbm", -200, 0), (int?)signal.OptionalNumber("percent", 0, 100),
                signal.OptionalText("network", Limits.MaxTelemetryNameBytes)));
        }

        if (members.Has("faults"))
        {
            readings.Add(new TelemetryReading.Faults([.. members.Objects("faults", Limits.MaxTelemetryFaults)
                .Select(one => new TelemetryFaultCode(
                    one.Text("code", Limits.MaxIdBytes), one.OptionalText("words", Limits.MaxTelemetryWordsBytes)))]));
        }

        AddOfAgent(members, readings);
        return readings;
    }

    private static void AddOfAgent(JsonMembers members, List<TelemetryReading> readings)
    {
        if (members.Object("disk") is { } disk)
        {
            readings.Add(new TelemetryReading.Disk(
                disk.Number("freeBytes", 0, Largest), disk.Number("totalBytes", 1, Largest)));
        }

        if (members.Object("agent") is { } agent)
        {
            readings.Add(new TelemetryReading.Agent(
                agent.Text("version", Limits.MaxTelemetryNameBytes), agent.Number("upMs", 0, LongestMs)));
        }

        if (members.Object("backlog") is { } backlog)
        {
            readings.Add(new TelemetryReading.Backlog(
                backlog.Number("entries", 0, Largest), backlog.Number("oldestAgeMs", 0, LongestMs)));
        }

        if (members.Object("clock") is { } clock)
        {
            readings.Add(new TelemetryReading.Clock(
                clock.Flag("heard"), clock.OptionalNumber("offsetMs", -LongestMs, LongestMs)));
        }
    }

    private static string NameOf(JsonMembers members, string name)
    {
        var text = members.OptionalText(name, Limits.MaxTelemetryNameBytes);
        return text.Length > 0 ? text : MainName;
    }
}
