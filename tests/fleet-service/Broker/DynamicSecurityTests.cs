using System.Diagnostics;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Topics;
using KioskFleet.TestKit;
using MQTTnet;
using MQTTnet.Formatter;
using Xunit;

namespace KioskFleet.Service.Tests.Broker;

public sealed class DynamicSecurityTests
{
    private static readonly CabinetId A = CabinetId.Parse("A1");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_enrolled_cabinet_has_an_account_on_a_real_broker_for_its_own_topics_only()
    {
        ServerAvailability.RequireMosquitto();
        var plugin = ServerAvailability.FindProgram("mosquitto_ctrl") is null ? null : Directory
            .EnumerateFiles("/usr/lib", "mosquitto_dynamic_security.so", SearchOption.AllDirectories).FirstOrDefault();
        ServerAvailability.Require(plugin is not null, "Mosquitto's dynamic security plugin is not installed.");
        var folder = Directory.CreateTempSubdirectory("dynamic-security-");
        try
        {
            var state = Path.Combine(folder.FullName, "state.json");
            using (var init = Process.Start("mosquitto_ctrl", ["dynsec", "init", state, "fleet", "secret"]))
            {
                await init.WaitForExitAsync(Stop);
            }

            if (!OperatingSystem.IsWindows())
            {
                // Mosquitto started by root works as a user of its own.
                File.SetUnixFileMode(state, (UnixFileMode)0x1B6);
                File.SetUnixFileMode(folder.FullName, (UnixFileMode)0x1FF);
            }

            await using var mosquitto = await MosquittoServer.StartAsync(new MosquittoOptions
            {
                ExtraLines = ["allow_anonymous false", $"plugin {plugin}", $"plugin_opt_config_file {state}"],
            });
            var passwordFile = Path.Combine(folder.FullName, "password");
            await File.WriteAllTextAsync(passwordFile, "secret\n", Stop);
            await using var rig = await BrokerRig.StartAsync(
                ("Broker:Mode", "External"), ("Broker:External:Host", "127.0.0.1"),
                ("Broker:External:Port", $"{mosquitto.Port}"), ("Broker:External:UserName", "fleet"),
                ("Broker:External:PasswordFile", passwordFile), ("Broker:External:Accounts", "DynamicSecurity"));
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            patience.CancelAfter(TimeSpan.FromSeconds(20));
            while (!rig.Link.IsReady)
            {
                await Task.Delay(20, patience.Token);
            }

            await rig.Accounts.SetAsync(A, "one", patience.Token);
            Assert.Equal(MqttClientConnectResultCode.Success, (await ConnectAsync(mosquitto.Port, "one")).Code);
            await rig.Accounts.SetAsync(A, "two", patience.Token);
            Assert.NotEqual(MqttClientConnectResultCode.Success, (await ConnectAsync(mosquitto.Port, "one")).Code);
            var (code, client) = await ConnectAsync(mosquitto.Port, "two");
            Assert.Equal(MqttClientConnectResultCode.Success, code);
            Assert.Equal(MqttClientSubscribeResultCode.GrantedQoS1, await SubscribeAsync(client, "kf/v1/A1/down/+"));
            Assert.NotEqual(MqttClientSubscribeResultCode.GrantedQoS1, await SubscribeAsync(client, "kf/v1/B1/down/+"));
            Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, await PublishAsync(client, "kf/v1/B1/up/batch"));
            Assert.Equal(MqttClientPublishReasonCode.Success, await PublishAsync(client, "kf/v1/A1/up/batch"));
            await rig.Handler.WaitAsync(1, patience.Token);
            var receipt = new TaskCompletionSource<byte[]>();
            client.ApplicationMessageReceivedAsync += args =>
            {
                receipt.TrySetResult(System.Buffers.BuffersExtensions.ToArray(args.ApplicationMessage.Payload));
                return Task.CompletedTask;
            };
            await rig.Link.SendDownAsync(new CabinetTopic(A, Lane.Receipt), new byte[] { 4 }, false, patience.Token);
            Assert.Equal([4], await receipt.Task.WaitAsync(patience.Token));

            // Revoked: cut off, and shut out; asked again, all is as it should be.
            await rig.Accounts.RemoveAsync(A, patience.Token);
            while (client.IsConnected)
            {
                await Task.Delay(20, patience.Token);
            }

            Assert.NotEqual(MqttClientConnectResultCode.Success, (await ConnectAsync(mosquitto.Port, "two")).Code);
            await rig.Accounts.RemoveAsync(A, patience.Token);
            client.Dispose();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<(MqttClientConnectResultCode Code, IMqttClient Client)> ConnectAsync(
        int port, string password)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        var result = await client.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port)
                .WithProtocolVersion(MqttProtocolVersion.V500)
                .WithClientId("A1").WithCredentials("A1", password).Build(), Stop);
        return (result.ResultCode, client);
    }

    private static async Task<MqttClientSubscribeResultCode> SubscribeAsync(IMqttClient client, string filter) =>
        (await client.SubscribeAsync(filter, MQTTnet.Protocol.MqttQualityOfServiceLevel.AtLeastOnce, Stop))
            .Items.Single().ResultCode;

    private static async Task<MqttClientPublishReasonCode> PublishAsync(IMqttClient client, string topic) =>
        (await client.PublishAsync(
            new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload([1])
                .WithQualityOfServiceLevel(MQTTnet.Protocol.MqttQualityOfServiceLevel.AtLeastOnce).Build(),
            Stop)).ReasonCode;
}
