using KioskFleet.Agent.Enrolment;
using KioskFleet.Protocol.Topics;
using KioskFleet.Protocol.Identity;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace KioskFleet.Simulators.Crash;

/// <summary>
/// A second connection of the same cabinet, with its identity, such as a copied disk makes: it takes the cabinet's
/// session over, and loses it again. Used once.
/// </summary>
internal static class Intruder
{
    /// <summary>
    /// Connects as the cabinet, hears its down topics for a while, says something unreadable, and goes.
    /// </summary>
    /// <returns>Whether the broker let it in.</returns>
    public static async Task<bool> VisitAsync(
        string dataFolder, int brokerPort, TimeSpan stay, TimeProvider time, CancellationToken cancel)
    {
        if (new IdentityFolder(Path.Combine(dataFolder, "identity")).ReadRecord() is not { } identity)
        {
            return false;
        }

        using var client = new MqttClientFactory().CreateMqttClient();
        var cabinet = CabinetId.Parse(identity.CabinetId);
        try
        {
            var connected = await client.ConnectAsync(new MqttClientOptionsBuilder()
                .WithProtocolVersion(MqttProtocolVersion.V500)
                .WithTcpServer("127.0.0.1", brokerPort)
                .WithClientId(identity.CabinetId)
                .WithCredentials(identity.MqttUserName, identity.MqttPassword)
                .WithTimeout(TimeSpan.FromSeconds(3))
                .Build(), cancel);
            if (connected.ResultCode != MqttClientConnectResultCode.Success)
            {
                return false;
            }

            await client.SubscribeAsync(
                CabinetTopic.AllDown(cabinet), MqttQualityOfServiceLevel.AtLeastOnce, cancel);
            await client.PublishBinaryAsync(
                new CabinetTopic(cabinet, Lane.Batch).ToString(), [1, 2, 3],
                MqttQualityOfServiceLevel.AtLeastOnce, false, cancel);
            await Task.Delay(stay, time, cancel);
            return true;
        }
        catch (Exception error) when (error
            is MqttCommunicationException or MqttClientNotConnectedException or ObjectDisposedException
            || (error is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            // The real cabinet took its session back, be it while an answer was awaited, or the broker is away.
            return true;
        }
    }
}
