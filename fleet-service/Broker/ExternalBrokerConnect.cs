using System.Globalization;
using System.Security.Cryptography;
using MQTTnet;
using MQTTnet.Formatter;

namespace KioskFleet.Service.Broker;

/// <summary>How the service connects to an external broker.</summary>
internal static class ExternalBrokerConnect
{
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
