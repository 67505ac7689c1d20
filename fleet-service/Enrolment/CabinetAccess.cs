using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Access;
using KioskFleet.Service.Broker;

namespace KioskFleet.Service.Enrolment;

/// <summary>
/// Opens the broker to a cabinet whose new password is committed, and shuts it for one whose passwords are gone.
/// </summary>
internal sealed class CabinetAccess(
    CabinetCredentials credentials, ICabinetAccounts accounts, BrokerAddress broker, PresenceBook presence,
    ILogger<CabinetAccess> log)
{
    /// <summary>Where cabinets are told to connect.</summary>
    public BrokerAddress Broker => broker;

    /// <summary>Makes the password valid at the broker; false when an external one could not be told.</summary>
    public async Task<bool> OpenAsync(CabinetId cabinet, string password, CancellationToken ct)
    {
        presence.Forget(cabinet);
        return await TellAsync(cabinet, () => accounts.SetAsync(cabinet, password, ct));
    }

    /// <summary>Ends account and connection at the broker; false when an external one could not be told.</summary>
    public async Task<bool> ShutAsync(CabinetId cabinet, CancellationToken ct)
    {
        var isTold = await TellAsync(cabinet, () => accounts.RemoveAsync(cabinet, ct));
        if (isTold)
        {
            // A broker that forgets the account refuses its last will too.
            presence.End(cabinet);
        }

        return isTold;
    }

    private async Task<bool> TellAsync(CabinetId cabinet, Func<Task> tell)
    {
        credentials.Reload(cabinet);
        try
        {
            await tell();
            return true;
        }
        catch (BrokerUnavailableException error)
        {
            EnrolmentLog.BrokerAway(log, error, cabinet.Value);
            return false;
        }
    }
}
