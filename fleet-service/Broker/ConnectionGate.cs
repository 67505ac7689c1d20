using System.Data.Common;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Access;
using Microsoft.Extensions.Options;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace KioskFleet.Service.Broker;

/// <summary>
/// Decides who may connect to the embedded broker: user name = client id = cabinet id, and its password.
/// </summary>
internal sealed class ConnectionGate(
    CabinetCredentials credentials, IOptions<BrokerOptions> options, TimeProvider time, BrokerMetrics metrics,
    ILogger<ConnectionGate> log)
{
    /// <summary>
    /// False when the cabinet was shut out while its connection was being made: whoever shut it out did not see it yet.
    /// </summary>
    public bool MayStay(CabinetId cabinet) => credentials.Has(cabinet);

    /// <summary>Sets the answer to a CONNECT.</summary>
    public async Task ValidateAsync(ValidatingConnectionEventArgs args)
    {
        var (code, reason) = await JudgeAsync(args);
        if (code == MqttConnectReasonCode.Success)
        {
            return;
        }

        args.ReasonCode = code;
        args.ReasonString = reason;
        metrics.ConnectionRefused(code.ToString());
        BrokerLog.ConnectionRefused(log, Printable(args.ClientId), args.RemoteEndPoint?.ToString(), reason);
        if (code == MqttConnectReasonCode.BadUserNameOrPassword)
        {
            // Guessing is slow, and a cabinet with an old password does not spin.
            await Task.Delay(
                TimeSpan.FromMilliseconds(options.Value.Embedded.RefusalDelayMilliseconds), time,
                args.CancellationToken);
        }
    }

    private async ValueTask<(MqttConnectReasonCode Code, string Reason)> JudgeAsync(ValidatingConnectionEventArgs args)
    {
        if (args.ProtocolVersion != MqttProtocolVersion.V500)
        {
            return (MqttConnectReasonCode.UnsupportedProtocolVersion, "MQTT 5 is spoken here");
        }

        if (!CabinetId.TryParse(args.ClientId, out var cabinet))
        {
            return (MqttConnectReasonCode.ClientIdentifierNotValid, "the client id is not a cabinet id");
        }

        if (args.UserName != args.ClientId)
        {
            return (MqttConnectReasonCode.BadUserNameOrPassword, "the user name is not the client id");
        }

        if (args.RawPassword is not { Length: > 0 and <= BrokerLimits.MaxPasswordBytes } password)
        {
            return (MqttConnectReasonCode.BadUserNameOrPassword, "no password, or one that is too long");
        }

        try
        {
            return await credentials.VerifyAsync(cabinet, password, args.CancellationToken)
                ? (MqttConnectReasonCode.Success, "")
                : (MqttConnectReasonCode.BadUserNameOrPassword, "unknown cabinet or wrong password");
        }
        catch (DbException error)
        {
            BrokerLog.NotTaken(log, error, cabinet);
            return (MqttConnectReasonCode.ServerUnavailable, "the database cannot be used now");
        }
    }

    /// <summary>What a stranger says goes into the log short and without control characters.</summary>
    private static string? Printable(string? text) => text is null
        ? null
        : new string([.. text.Take(CabinetId.MaxLength).Select(c => char.IsControl(c) ? '?' : c)]);
}
