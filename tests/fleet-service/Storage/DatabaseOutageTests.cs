using System.Net.Sockets;
using KioskFleet.Service.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Xunit;

namespace KioskFleet.Service.Tests.Storage;

/// <summary>A database that does not answer is told once, however much fails by it.</summary>
[RunsOnce]
public sealed class DatabaseOutageTests
{
    [Fact]
    public void An_outage_is_told_once_and_its_end_once_with_how_long_it_was()
    {
        var (time, log) = (new FakeTimeProvider(), new Lines());
        var outage = new DatabaseOutage("here", time, log);
        outage.Over();
        outage.Note(new IOException("gone."));
        time.Advance(TimeSpan.FromSeconds(3));
        outage.Note(new IOException("still gone"));
        outage.Over();
        outage.Over();
        outage.Note(new IOException("gone again"));
        Assert.Equal(
            [
                "Database here does not answer, all work with it is tried again until it does: gone",
                "Database here answers again after 3.0 s",
                "Database here does not answer, all work with it is tried again until it does: gone again",
            ], log.Said);
    }

    [Theory]
    [InlineData("57P01", true)]
    [InlineData("57P02", true)]
    [InlineData("57P03", true)]
    [InlineData("55P03", false)]
    [InlineData("23505", false)]
    [InlineData("53100", false)]
    public void Only_a_server_that_goes_or_comes_says_nothing_about_the_work(string state, bool isAway) =>
        Assert.Equal(isAway, PostgreSqlEngine.IsAway(new PostgresException("words", "FATAL", "FATAL", state)));

    [Fact]
    public void A_connection_that_breaks_says_nothing_about_the_work_and_a_mistake_does()
    {
        Assert.True(PostgreSqlEngine.IsAway(new NpgsqlException("no", new SocketException(111))));
        Assert.True(PostgreSqlEngine.IsAway(new NpgsqlException("no", new IOException())));
        Assert.False(PostgreSqlEngine.IsAway(new NpgsqlException("no", new TimeoutException())));
        Assert.False(PostgreSqlEngine.IsAway(new NpgsqlException("no", new InvalidOperationException())));
        Assert.False(PostgreSqlEngine.IsAway(new InvalidOperationException()));
    }

    private sealed class Lines : ILogger
    {
        public List<string> Said { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Said.Add(formatter(state, exception));
    }
}
