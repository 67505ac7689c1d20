using System.Globalization;
using System.Security.Cryptography;
using MQTTnet;
using MQTTnet.Formatter;

namespace KioskFleet.Service.Broker;

/// <summary>How the service connects to an external broker.</summary>
internal static class ExternalBrokerConnect
{
    /// <summary>Connects with the service's account.</summary>
    /// <exception cref="BrokerUnavailableException">The broker does not let it in.</exception>
    public static async Task ConnectAsync(IMqttClient client, ExternalBrokerOptions external, CancellationToken cancel)
    {
        var connected = await client.ConnectAsync(Options(external), cancel);
        if (connected.ResultCode != MqttClientConnectResultCode.Success)
        {
            throw new BrokerUnavailableException(
                $"The broker refused the account '{external.UserName}': {connected.ResultCode}; see "
                + "Broker:External:UserName and PasswordFile.");
        }
    }

    /// <summary>
    /// The MQTT options; the password file is read each time, so a changed password needs no restart.
    /// </summary>
    public static MqttClientOptions Options(ExternalBrokerOptions external)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var builder = new MqttClientOptionsBuilder()
            .WithTcpServer(external.Host, external.Port)
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId(string.Create(CultureInfo.InvariantCulture, $"fleet-service-{id}"))
            .WithCleanStart()
            .WithSessionExpiryInterval(0)
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(external.KeepAliveSeconds))
            .WithReceiveMaximum((ushort)external.ReceiveMaximum)
            .WithMaximumPacketSize(BrokerLimits.MaxPacketBytes);
        if (external.UserName.Length > 0)
        {
            var password = external.PasswordFile.Length > 0 ? File.ReadAllText(external.PasswordFile).Trim() : "";
            builder = builder.WithCredentials(external.UserName, password);
        }

        return builder.Build();
    }
}
