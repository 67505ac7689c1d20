using KioskFleet.Service.Replicas;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace KioskFleet.Service.Tests.Replicas;

/// <summary>Reading again what other services changed, over one PostgreSQL database.</summary>
[RunsOnce]
public sealed class ChangeWatchTests : IDisposable
{
    private readonly TemporaryDatabase _files = new(StorageEngine.PostgreSql);
    private readonly Follower _cabinets = new("cabinets");
    private readonly Follower _policies = new("policies");

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Only_what_changed_is_read_again_and_once()
    {
        Register("cab-1");
        using var watch = Watch();
        CatchUp(watch);
        Assert.Equal(["*"], _cabinets.Read);
        CatchUp(watch);
        Assert.Equal(["*"], _cabinets.Read);

        Register("cab-2");
        Run("UPDATE cabinets SET life = 'Active' WHERE cabinet_id = 'cab-1'");
        CatchUp(watch);
        CatchUp(watch);
        Assert.Equal(["*", "cab-1,cab-2"], _cabinets.Read);
        Assert.Equal(["*"], _policies.Read);
        Run("DELETE FROM cabinets WHERE cabinet_id = 'cab-2'");
        CatchUp(watch);
        Assert.Equal(["*", "cab-1,cab-2", "cab-2"], _cabinets.Read);
    }

    [Fact]
    public void What_was_not_committed_is_not_read()
    {
        Register("cab-0");
        using var watch = Watch();
        CatchUp(watch);
        using (var connection = _files.Database.OpenWriter())
        using (connection.BeginWrite())
        {
            connection.Execute("INSERT INTO cabinets (cabinet_id, life, registered_utc_ms, changed_utc_ms) "
                + "VALUES ('cab-1', 'Registered', 0, 0)");
            CatchUp(watch);
        }

        Register("cab-2");
        CatchUp(watch);
        Assert.Equal(["*", "cab-2"], _cabinets.Read);
    }

    [Fact]
    public void A_question_of_before_the_first_look_misses_nothing_that_came_since()
    {
        Register("cab-0");
        using var watch = Watch();
        using var connection = _files.Database.OpenReader();
        using var question = watch.Question(connection)!;
        question.Set();
        CatchUp(watch);
        Register("cab-1");
        question.Answer();
        Assert.Equal(["*", "cab-1"], _cabinets.Read);

        question.Set();
        Register("cab-2");
        CatchUp(watch);
        Register("cab-3");
        question.Answer();
        Assert.Equal(["*", "cab-1", "cab-2", "cab-3"], _cabinets.Read);
    }

    [Fact]
    public void Who_missed_what_was_forgotten_reads_all_and_so_does_who_would_have_to_read_much()
    {
        Register("cab-0");
        using var watch = Watch();
        CatchUp(watch);
        Register("cab-1");
        Register("cab-2");
        Run("DELETE FROM replica_changes WHERE change_id < (SELECT max(change_id) FROM replica_changes)");
        CatchUp(watch);
        Assert.Equal(["*", "*"], _cabinets.Read);

        Run("INSERT INTO replica_changes (topic, key, made_utc_ms) "
            + $"SELECT 'cabinets', 'cab-' || n, 0 FROM generate_series(1, {ChangeWatch.MostChanges}) n");
        CatchUp(watch);
        CatchUp(watch);
        Assert.Equal(["*", "*", "*"], _cabinets.Read);
        Register("cab-9");
        CatchUp(watch);
        Assert.Equal(["*", "*", "*", "cab-9"], _cabinets.Read);
    }

    [Fact]
    public void The_newest_change_is_never_forgotten()
    {
        Register("cab-1");
        Register("cab-2");
        using var connection = _files.Database.OpenWriter();
        connection.Execute("UPDATE replica_changes SET made_utc_ms = 0");
        var newest = ChangeTable.Newest(connection);
        ChangeTable.Trim(connection, TimeSpan.FromDays(1));
        Assert.Equal((newest, newest), (ChangeTable.Oldest(connection), ChangeTable.Newest(connection)));
        Register("cab-3");
        ChangeTable.Trim(connection, TimeSpan.FromDays(1));
        Assert.Equal(newest + 1, ChangeTable.Oldest(connection));
    }

    [Theory]
    [InlineData("INSERT INTO policy_ends SELECT * FROM policy_ends", "policies")]
    [InlineData("INSERT INTO catalogue_versions SELECT * FROM catalogue_versions WHERE false", "catalogue")]
    [InlineData("UPDATE policy_versions SET policy_id = policy_id", "policies")]
    public void Every_statement_that_changes_a_whole_topic_is_noted(string sql, string topic)
    {
        Run(sql);
        using var connection = _files.Database.OpenReader();
        Assert.Contains(topic, connection.Query("SELECT topic FROM replica_changes", row => row.Text(0)));
    }

    private void Register(string cabinet)
    {
        using var connection = _files.Database.OpenWriter();
        connection.Execute(
            """
            INSERT INTO cabinets (cabinet_id, life, registered_utc_ms, changed_utc_ms) VALUES ($id, 'Registered', 0, 0)
            """, ("$id", cabinet));
    }

    private void Run(string sql)
    {
        using var connection = _files.Database.OpenWriter();
        connection.Execute(sql);
    }

    private void CatchUp(ChangeWatch watch)
    {
        using var connection = _files.Database.OpenReader();
        watch.CatchUp(connection);
    }

    private ChangeWatch Watch()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IChangeFollower>(_cabinets).AddSingleton<IChangeFollower>(_policies);
        return new ChangeWatch(_files.Database, services.BuildServiceProvider(), Options.Create(new ReplicaOptions()),
            TimeProvider.System, NullLogger<ChangeWatch>.Instance);
    }

    private sealed class Follower(string topic) : IChangeFollower
    {
        public List<string> Read { get; } = [];

        public string Topic => topic;

        public void Reload(IReadOnlyCollection<string> keys) => Read.Add(string.Join(',', keys.Order()));

        public void ReloadAll() => Read.Add("*");
    }
}
