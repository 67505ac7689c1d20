using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Access;
using KioskFleet.Service.Broker;

namespace KioskFleet.Service.Enrolment;

/// <summary>Opens the broker to a cabinet whose new password is committed.</summary>
internal sealed class CabinetAccess(
    CabinetCredentials credentials, ICabinetAccounts accounts, BrokerAddress broker, ILogger<CabinetAccess> log)
{
    /// <summary>Where cabinets are told to connect.</summary>
    public BrokerAddress Broker => broker;

    /// <summary>Makes the password valid at the broker; false when an external one could not be told.</summary>
    public async Task<bool> OpenAsync(CabinetId cabinet, string password, CancellationToken ct)
    {
        credentials.Reload(cabinet);
        try
        {
            await accounts.SetAsync(cabinet, password, ct);
            return true;
        }
        catch (BrokerUnavailableException error)
        {
            EnrolmentLog.BrokerAway(log, error, cabinet.Value);
            return false;
        }
    }
}
