using Xunit;

namespace KioskFleet.Tidy.Tests;

public sealed class LogTests
{
    [Fact]
    public void Log_event_ids_are_unique_and_in_their_capabilitys_range() =>
        Findings.AssertNone(LogRules.EventIds(Tree.ProductCode));

    [Fact]
    public void Each_capability_keeps_its_log_messages_in_one_file() =>
        Findings.AssertNone(LogRules.OneLogFilePerCapability(Tree.ProductCode));

    [Fact]
    public void Ranges_of_event_ids_do_not_overlap() => Assert.Empty(
        from one in Rooms.LogEvents
        from other in Rooms.LogEvents
        where one.Key != other.Key
            && one.Value.First <= other.Value.First
            && other.Value.First < one.Value.First + one.Value.Count
        select $"{one.Key} and {other.Key}");

    [Fact]
    public void An_id_used_twice_is_found_in_whichever_form_it_is_written() => Findings.AssertThat(
        LogRules.EventIds(
        [
            Sample("fleet-service/Ledger/LedgerLog.cs", "[LoggerMessage(2200, LogLevel.Debug, \"a\")]"),
            Sample("fleet-service/Ledger/LedgerLog.cs", "[LoggerMessage(EventId = 2_200, Message = \"b\")]"),
        ]),
        "event id 2200 is taken");

    [Fact]
    public void An_id_outside_the_capabilitys_range_is_found() => Findings.AssertThat(
        LogRules.EventIds([Sample("fleet-service/Ledger/LedgerLog.cs", "[LoggerMessage(2300, Message = \"a\")]")]),
        "event id 2300 is not in 2200 to 2299");

    [Theory]
    [InlineData("[LoggerMessage(LogLevel.Debug, \"a\")]")]
    [InlineData("[LoggerMessage(Level = LogLevel.Debug, Message = \"a\")]")]
    [InlineData("[LoggerMessage(Ids.Started, LogLevel.Debug, \"a\")]")]
    public void A_message_without_an_id_written_as_a_number_is_found(string attribute) => Findings.AssertThat(
        LogRules.EventIds([Sample("fleet-service/Ledger/LedgerLog.cs", attribute)]), "without an event id");

    [Fact]
    public void A_capability_without_a_range_is_found() => Findings.AssertThat(
        LogRules.EventIds([Sample("fleet-service/Weather/WeatherLog.cs", "[LoggerMessage(9000, Message = \"a\")]")]),
        "fleet-service/Weather has no range");

    [Fact]
    public void Log_messages_outside_the_log_file_or_in_two_files_are_found() => Findings.AssertThat(
        LogRules.OneLogFilePerCapability(
        [
            Sample("fleet-service/Ledger/LedgerStore.cs", "[LoggerMessage(2200, LogLevel.Debug, \"a\")]"),
            Sample("fleet-service/Ledger/LedgerLog.cs", "[LoggerMessage(2201, LogLevel.Debug, \"a\")]"),
            Sample("fleet-service/Ingest/IngestLog.cs", "[LoggerMessage(2100, LogLevel.Debug, \"a\")]"),
        ]),
        "LedgerStore.cs: log messages belong",
        "fleet-service/Ledger: more than one file");

    private static SourceFile Sample(string path, string attribute) =>
        new(path, $"static partial class A {{ {attribute} public static partial void B(ILogger log); }}");
}
