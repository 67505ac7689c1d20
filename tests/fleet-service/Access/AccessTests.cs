using System.Net;
using System.Net.Http.Json;
using KioskFleet.Service.Access;
using KioskFleet.Service.Tests.Hosting;
using KioskFleet.Service.Tests.Storage;
using Microsoft.AspNetCore.Http;
using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KioskFleet.Service.Tests.Access;

public sealed class AccessTests
{
    private static readonly object Cabinet = new { cabinetId = "A1", county = "341125" };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nobody_changes_without_a_write_token()
    {
        await using var rig = await ServiceRig.StartAsync();
        var tokens = rig.Host.Services.GetRequiredService<AccessTokens>();
        var read = await tokens.CreateAsync("reader", AccessScope.Read, null, "test", Stop);
        foreach (var (client, status) in new[]
        {
            (rig.Anonymous, HttpStatusCode.Unauthorized), (rig.With("wrong"), HttpStatusCode.Unauthorized),
            (rig.With(read), HttpStatusCode.Forbidden), (rig.Admin, HttpStatusCode.Created),
        })
        {
            using var response = await client.PostAsJsonAsync("/api/v1/cabinets", Cabinet, Stop);
            Assert.Equal(status, response.StatusCode);
            if (!response.IsSuccessStatusCode)
            {
                Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
            }
        }
    }

    [Fact]
    public async Task Reading_takes_a_token_when_loopback_is_not_trusted()
    {
        await using var rig = await ServiceRig.StartAsync(null, ("Access:AnonymousReadOnLoopback", "false"));
        foreach (var path in new[] { "/api/v1/cabinets", "/api/v1/places", "/metrics", "/openapi/v1.json", "/nothing" })
        {
            using var refused = await rig.Anonymous.GetAsync(path, Stop);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        using var read = await rig.Admin.GetAsync("/api/v1/cabinets", Stop);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        using var health = await rig.Anonymous.GetAsync("/healthz", Stop);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Theory]
    [InlineData("127.0.0.1", "localhost", null, true)]
    [InlineData("::1", "[::1]", null, true)]
    [InlineData("127.0.0.1", "evil.example", null, false)]
    [InlineData("127.0.0.1", "localhost", "X-Forwarded-For", false)]
    [InlineData("192.0.2.7", "localhost", null, false)]
    [InlineData(null, "localhost", null, false)]
    public void Only_a_direct_call_from_this_machine_by_its_own_name_is_loopback(
        string? remote, string host, string? header, bool expected)
    {
        var headers = new HeaderDictionary();
        if (header is not null)
        {
            headers[header] = "192.0.2.7";
        }

        Assert.Equal(
            expected,
            AccessPolicies.IsLoopback(remote is null ? null : IPAddress.Parse(remote), host, headers));
    }

    [Fact]
    public async Task A_revoked_or_expired_token_opens_nothing_and_a_wrong_one_is_not_anonymous()
    {
        await using var rig = await ServiceRig.StartAsync();
        var tokens = rig.Host.Services.GetRequiredService<AccessTokens>();
        var expired = await tokens.CreateAsync("past", AccessScope.Write, TimeSpan.FromMilliseconds(-1), "test", Stop);
        var revoked = await tokens.CreateAsync("gone", AccessScope.Write, null, "test", Stop);
        Assert.True(await tokens.RevokeAsync(tokens.List().Single(t => t.Name == "gone").TokenId, "test", Stop));
        foreach (var token in new[] { expired, revoked, "wrong" })
        {
            using var response = await rig.With(token).GetAsync("/api/v1/cabinets", Stop);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    [Fact]
    public async Task The_admin_token_is_readable_by_its_owner_only_and_no_secret_is_in_the_database_or_audit()
    {
        await using var rig = await ServiceRig.StartAsync();
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite,
                File.GetUnixFileMode(Path.Combine(rig.Folder, "admin.token")));
        }

        await rig.RegisterAsync("A1");
        var enrolment = await rig.MakeTokenAsync("A1");
        var bytes = TestEngine.AllOf(rig.Database, rig.Folder);
        Assert.Equal(-1, bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(rig.AdminToken)));
        Assert.Equal(-1, bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(enrolment)));
    }

    [Fact]
    public async Task Every_change_is_in_the_audit_log_and_the_log_cannot_be_changed()
    {
        await using var rig = await ServiceRig.StartAsync();
        await rig.RegisterAsync("A1");
        await rig.Admin.PostAsJsonAsync("/api/v1/cabinets/A1/life", new { life = "Active" }, Stop);
        var audit = rig.Host.Services.GetRequiredService<AuditLog>().Read("cabinet:A1", null, 10);
        Assert.Equal(["cabinet.life", "cabinet.registered"], audit.Select(a => a.Action));
        Assert.All(audit, a => Assert.Equal("admin", a.Actor));
        Assert.Contains("Registered", audit[0].BeforeJson, StringComparison.Ordinal);
        Assert.Contains("Active", audit[0].AfterJson, StringComparison.Ordinal);
        foreach (var sql in new[] { "UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log" })
        {
            await Assert.ThrowsAnyAsync<DbException>(() => rig.Database.WriteAsync(
                (c, _) =>
                {
                    using var command = c.Command(sql);
                    return command.ExecuteNonQuery();
                },
                Stop));
        }
    }
}
