namespace KioskFleet.Service.Broker;

/// <summary>
/// The broker cannot be reached now. Nothing was sent; what was to be said is said again when asked for.
/// </summary>
internal sealed class BrokerUnavailableException : Exception
{
    /// <summary>Makes the exception with the words for a log.</summary>
    public BrokerUnavailableException(string message) : base(message)
    {
    }

    /// <summary>Makes the exception with the error that caused it.</summary>
    public BrokerUnavailableException(string message, Exception inner) : base(message, inner)
    {
    }
}
