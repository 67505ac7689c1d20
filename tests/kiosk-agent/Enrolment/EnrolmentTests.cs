using System.Security.Cryptography;
using System.Text;
using KioskFleet.Agent.Enrolment;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Signing;
using KioskFleet.TestKit;
using Xunit;

namespace KioskFleet.Agent.Tests.Enrolment;

public sealed class EnrolmentTests : IDisposable
{
    private static readonly string Good =
        """{"cabinetId":"CZ-7","mqttUserName":"CZ-7","mqttPassword":"p","brokerHost":"b.example","brokerPort":1883}""";

    private readonly TemporaryFolder _folder = new("enrol");

    private string Identity => _folder.File("identity");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_token_is_redeemed_with_a_proof_of_the_key_and_the_answer_is_kept()
    {
        await using var service = await EnrolmentEndpoint.StartAsync((200, Good));
        var outcome = await EnrolAsync(service.Url, "token-1");
        var record = Assert.IsType<EnrolmentOutcome.Enrolled>(outcome).Record;
        Assert.Equal(new EnrolmentRecord("CZ-7", "CZ-7", "p", "b.example", 1883, "token-1"), record);
        Assert.Equal(record, new IdentityFolder(Identity).ReadRecord());
        Assert.Null(new IdentityFolder(Identity).ReadPending());

        var body = Assert.Single(service.Bodies);
        var key = Convert.FromBase64String(body.GetProperty("publicKey").GetString()!);
        Assert.True(MessageVerifier.TryImport(key, out var verifier));
        var text = $"kioskfleet/enrol/v1\ntoken-1\n{body.GetProperty("publicKey").GetString()}";
        Assert.True(verifier.Verify(Digest.Of(Encoding.UTF8.GetBytes(text)).ToArray(),
            Convert.FromBase64String(body.GetProperty("proof").GetString()!)));
        verifier.Dispose();
    }

    [Fact]
    public async Task Every_secret_file_is_for_its_owner_alone()
    {
        await using var service = await EnrolmentEndpoint.StartAsync((200, Good));
        await EnrolAsync(service.Url, "token-1");
        if (!OperatingSystem.IsWindows())
        {
            foreach (var path in Directory.GetFiles(Identity))
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            }

            Assert.Equal("700", Convert.ToString((int)File.GetUnixFileMode(Identity), 8));
        }
    }

    [Theory]
    [InlineData(404, "UnknownToken", true)]
    [InlineData(409, "BoundToAnotherKey", true)]
    [InlineData(410, "Expired", true)]
    [InlineData(400, "Rejected", true)]
    [InlineData(500, "Unreachable", false)]
    [InlineData(503, "Unreachable", false)]
    public async Task A_refusal_is_an_outcome_and_only_a_final_one_forgets_the_token(
        int status, string name, bool final)
    {
        await using var service = await EnrolmentEndpoint.StartAsync((status, "{}"));
        var outcome = await EnrolAsync(service.Url, "token-1");
        Assert.Equal(name, outcome.GetType().Name);
        Assert.Equal(final, new IdentityFolder(Identity).ReadPending() is null);
        Assert.Null(new IdentityFolder(Identity).ReadRecord());
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("""{"cabinetId":"a b","mqttUserName":"u","mqttPassword":"p"}""")]
    [InlineData("""{"cabinetId":"CZ-7","mqttUserName":"u","mqttPassword":"p","brokerPort":70000}""")]
    public async Task An_answer_that_makes_no_sense_keeps_the_token_for_later(string answer)
    {
        await using var service = await EnrolmentEndpoint.StartAsync((200, answer));
        Assert.IsType<EnrolmentOutcome.Unreachable>(await EnrolAsync(service.Url, "token-1"));
        Assert.Equal("token-1", new IdentityFolder(Identity).ReadPending()!.Token);
    }

    [Fact]
    public async Task After_a_crash_at_any_point_the_same_key_redeems_the_same_token()
    {
        await using var service = await EnrolmentEndpoint.StartAsync((200, Good));
        var keys = new List<string>();

        // Behind the key: nothing but a key is there.
        using (var signer = new IdentityFolder(Identity).OpenOrCreateKey())
        {
            keys.Add(Convert.ToBase64String(signer.PublicKey));
        }

        // Behind the token: the agent itself goes on with it.
        new IdentityFolder(Identity).SavePending(new PendingToken("token-1", "CZ-7"));
        Assert.IsType<EnrolmentOutcome.Enrolled>(await RenewAsync(service.Url));

        // Behind the answer of the service, before it was stored: as if it had never come.
        File.Delete(Path.Combine(Identity, "enrolment.json"));
        new IdentityFolder(Identity).SavePending(new PendingToken("token-1", "CZ-7"));
        Assert.IsType<EnrolmentOutcome.Enrolled>(await RenewAsync(service.Url));

        // Between the stored answer and the forgotten token.
        new IdentityFolder(Identity).SavePending(new PendingToken("token-1", "CZ-7"));
        Assert.IsType<EnrolmentOutcome.Enrolled>(await RenewAsync(service.Url));

        keys.AddRange(service.Bodies.Select(body => body.GetProperty("publicKey").GetString()!));
        Assert.Equal(4, keys.Count);
        Assert.Single(keys.Distinct());
        Assert.All(service.Bodies, body => Assert.Equal("token-1", body.GetProperty("token").GetString()));
        Assert.All(service.Bodies, body => Assert.Equal("CZ-7", body.GetProperty("cabinetId").GetString()));
    }

    [Fact]
    public async Task A_half_written_file_of_a_crash_is_not_taken_for_the_whole_one()
    {
        await using var service = await EnrolmentEndpoint.StartAsync((200, Good));
        await EnrolAsync(service.Url, "token-1");
        await File.WriteAllTextAsync(
            Path.Combine(Identity, "enrolment.json.new"), """{"cabi""", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(Identity, "key.pem.new"),
            "---", TestContext.Current.CancellationToken);
        Assert.Equal("CZ-7", new IdentityFolder(Identity).ReadRecord()!.CabinetId);
        Assert.IsType<EnrolmentOutcome.Enrolled>(await RenewAsync(service.Url));
    }

    [Fact]
    public async Task A_service_that_is_down_keeps_the_token_for_later()
    {
        var url = new Uri($"http://127.0.0.1:{FreePort.Next()}/");
        Assert.IsType<EnrolmentOutcome.Unreachable>(await EnrolAsync(url, "token-1"));
        Assert.Equal("token-1", new IdentityFolder(Identity).ReadPending()!.Token);
    }

    [Fact]
    public void A_key_file_that_is_no_key_is_named_and_never_replaced()
    {
        Directory.CreateDirectory(Identity);
        File.WriteAllText(Path.Combine(Identity, "key.pem"), "garbage");
        Assert.Throws<CryptographicException>(() => new IdentityFolder(Identity).OpenOrCreateKey());
        Assert.Equal("garbage", File.ReadAllText(Path.Combine(Identity, "key.pem")));
    }

    private async Task<EnrolmentOutcome> EnrolAsync(Uri url, string token)
    {
        using var http = EnrolmentClient.HttpFor(url);
        return await new EnrolmentClient(new IdentityFolder(Identity), http)
            .EnrolAsync(new PendingToken(token, null), TestContext.Current.CancellationToken);
    }

    private async Task<EnrolmentOutcome> RenewAsync(Uri url)
    {
        using var http = EnrolmentClient.HttpFor(url);
        return await new EnrolmentClient(new IdentityFolder(Identity), http)
            .RenewAsync(TestContext.Current.CancellationToken);
    }
}
