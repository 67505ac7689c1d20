using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Enrolment;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using MQTTnet;
using MQTTnet.Formatter;
using Xunit;

namespace KioskFleet.Service.Tests.Enrolment;

public abstract class EnrolmentTests(string dataSet)
{
    private readonly CityService _city = new(dataSet);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_enrolled_cabinet_is_active_has_its_key_and_may_connect()
    {
        await using var rig = await _city.StartAsync();
        await rig.RegisterAsync("A1");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var response = await RedeemAsync(rig, await rig.MakeTokenAsync("A1"), key);
        var answer = await ServiceRig.JsonAsync(response, HttpStatusCode.OK);
        Assert.Equal(rig.Host.BrokerPort, answer.GetProperty("brokerPort").GetInt32());
        Assert.Equal(MqttClientConnectResultCode.Success, await ConnectAsync(rig, Password(answer)));
        Assert.True(rig.Host.Services.GetRequiredService<FleetRegister>().Current
            .TryGet(CabinetId.Parse("A1"), out var cabinet));
        Assert.Equal(CabinetLife.Active, cabinet.Life);
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), Assert.Single(cabinet.Keys).SubjectPublicKeyInfo.ToArray());
    }

    [Fact]
    public async Task The_same_key_may_redeem_again_and_the_old_password_holds_until_the_new_one_is_used()
    {
        await using var rig = await _city.StartAsync();
        await rig.RegisterAsync("A1");
        var token = await rig.MakeTokenAsync("A1");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var first = Password(await ServiceRig.JsonAsync(await RedeemAsync(rig, token, key), HttpStatusCode.OK));
        var second = Password(await ServiceRig.JsonAsync(await RedeemAsync(rig, token, key), HttpStatusCode.OK));
        Assert.NotEqual(first, second);
        Assert.Equal(MqttClientConnectResultCode.Success, await ConnectAsync(rig, first));
        Assert.Equal(MqttClientConnectResultCode.Success, await ConnectAsync(rig, second));
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, await ConnectAsync(rig, first));
    }

    [Fact]
    public async Task A_revoked_cabinet_is_cut_off_and_comes_back_by_a_new_token_only()
    {
        await using var rig = await _city.StartAsync();
        await rig.RegisterAsync("A1");
        var token = await rig.MakeTokenAsync("A1");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var password = Password(await ServiceRig.JsonAsync(await RedeemAsync(rig, token, key), HttpStatusCode.OK));
        using var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", rig.Host.BrokerPort).WithClientId("A1")
                .WithProtocolVersion(MqttProtocolVersion.V500).WithCredentials("A1", password).Build(), Stop);
        using var admin = rig.Admin;
        using var revoked = await admin.DeleteAsync("/api/v1/cabinets/A1/credentials", Stop);
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while (client.IsConnected)
        {
            await Task.Delay(20, patience.Token);
        }

        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, await ConnectAsync(rig, password));
        using var again = await RedeemAsync(rig, token, key);
        Assert.Equal(HttpStatusCode.Gone, again.StatusCode);
        var fresh = Password(await ServiceRig.JsonAsync(
            await RedeemAsync(rig, await rig.MakeTokenAsync("A1"), key), HttpStatusCode.OK));
        Assert.Equal(MqttClientConnectResultCode.Success, await ConnectAsync(rig, fresh));
        using var unknown = await admin.DeleteAsync("/api/v1/cabinets/B1/credentials", Stop);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var anonymous = rig.Anonymous;
        using var refused = await anonymous.DeleteAsync("/api/v1/cabinets/A1/credentials", Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task Of_many_keys_that_race_for_a_token_exactly_one_wins()
    {
        await using var rig = await _city.StartAsync();
        for (var round = 0; round < 5; round++)
        {
            await rig.RegisterAsync($"A{round}");
            var token = await rig.MakeTokenAsync($"A{round}");
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
            {
                using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
                using var response = await RedeemAsync(rig, token, key);
                return response.StatusCode;
            }));
            Assert.Equal(1, answers.Count(a => a == HttpStatusCode.OK));
            Assert.Equal(7, answers.Count(a => a == HttpStatusCode.Conflict));
            Assert.True(rig.Host.Services.GetRequiredService<FleetRegister>().Current
                .TryGet(CabinetId.Parse($"A{round}"), out var cabinet));
            Assert.Single(cabinet.Keys);
        }
    }

    [Fact]
    public async Task Unknown_expired_and_unproven_redemptions_are_told_apart()
    {
        var clock = new LaterClock();
        await using var rig = await _city.StartAsync(s => s.AddSingleton<TimeProvider>(clock));
        await rig.RegisterAsync("A1");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var unknown = await RedeemAsync(rig, "nobody-made-this", key);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        var token = await rig.MakeTokenAsync("A1");
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var unproven = await RedeemAsync(rig, token, key, signer: other);
        Assert.Equal(HttpStatusCode.BadRequest, unproven.StatusCode);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var wrongCurve = await RedeemAsync(rig, token, p384);
        Assert.Equal(HttpStatusCode.BadRequest, wrongCurve.StatusCode);
        clock.Later = TimeSpan.FromDays(31);
        using var expired = await RedeemAsync(rig, token, key);
        Assert.Equal(HttpStatusCode.Gone, expired.StatusCode);
    }

    [Fact]
    public async Task A_key_of_another_cabinet_and_a_retired_cabinet_are_refused()
    {
        await using var rig = await _city.StartAsync();
        await rig.RegisterAsync("A1");
        await rig.RegisterAsync("A2");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var first = await RedeemAsync(rig, await rig.MakeTokenAsync("A1"), key);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        using var copied = await RedeemAsync(rig, await rig.MakeTokenAsync("A2"), key);
        var problem = await ServiceRig.JsonAsync(copied, HttpStatusCode.Conflict);
        Assert.Equal("keyOfAnotherCabinet", problem.GetProperty("code").GetString());
        await rig.Admin.PostAsJsonAsync("/api/v1/cabinets/A2/life", new { life = "Retired" }, Stop);
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var retired = await RedeemAsync(rig, await rig.MakeTokenAsync("A2"), own);
        await ServiceRig.JsonAsync(retired, HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Redemptions_from_one_address_are_limited()
    {
        await using var rig = await _city.StartAsync(null, ("Enrolment:RedemptionsPerMinute", "3"));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 5; i++)
        {
            using var response = await RedeemAsync(rig, "guess", key);
            answers.Add(response.StatusCode);
        }

        Assert.Equal(3, answers.Count(a => a == HttpStatusCode.NotFound));
        Assert.Equal(2, answers.Count(a => a == HttpStatusCode.TooManyRequests));
    }

    private sealed class LaterClock : TimeProvider
    {
        public TimeSpan Later { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Later;
    }

    private static async Task<HttpResponseMessage> RedeemAsync(
        ServiceRig rig, string token, ECDsa key, ECDsa? signer = null)
    {
        var publicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
        var proof = (signer ?? key).SignHash(
            EnrolmentProof.HashToSign(token, publicKey), DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return await rig.Anonymous.PostAsJsonAsync(
            "/api/v1/enrolment", new { token, publicKey, proof = Convert.ToBase64String(proof) }, Stop);
    }

    private static string Password(System.Text.Json.JsonElement answer) =>
        answer.GetProperty("mqttPassword").GetString()!;

    private static async Task<MqttClientConnectResultCode> ConnectAsync(ServiceRig rig, string password)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        var result = await client.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", rig.Host.BrokerPort)
                .WithProtocolVersion(MqttProtocolVersion.V500)
                .WithClientId("A1").WithCredentials("A1", password).Build(), Stop);
        return result.ResultCode;
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouEnrolmentTests() : EnrolmentTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangEnrolmentTests() : EnrolmentTests("linjiang-2027");
