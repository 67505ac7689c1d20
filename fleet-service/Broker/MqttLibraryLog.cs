using System.Globalization;
using MQTTnet.Diagnostics.Logger;

namespace KioskFleet.Service.Broker;

/// <summary>
/// Passes on what the MQTT library says: errors as warnings, warnings as details, the rest not at all.
/// </summary>
internal sealed class MqttLibraryLog(ILogger log) : IMqttNetLogger
{
    /// <inheritdoc/>
    public bool IsEnabled => true;

    /// <inheritdoc/>
    public void Publish(
        MqttNetLogLevel logLevel, string source, string message, object[] parameters, Exception exception)
    {
        if (logLevel < MqttNetLogLevel.Warning)
        {
            return;
        }

        var text = parameters is { Length: > 0 }
            ? string.Format(CultureInfo.InvariantCulture, message, parameters)
            : message;
        if (logLevel == MqttNetLogLevel.Error && exception is not OperationCanceledException)
        {
            BrokerLog.LibraryProblem(log, exception, text);
        }
        else
        {
            BrokerLog.LibraryDetail(log, exception, text);
        }
    }
}
