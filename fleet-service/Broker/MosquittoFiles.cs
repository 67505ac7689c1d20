using System.Text;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Topics;

namespace KioskFleet.Service.Broker;

/// <summary>The content of Mosquitto's two files. Immutable.</summary>
/// <param name="Users">The <c>password_file</c>: names and hashes.</param>
/// <param name="Access">The <c>acl_file</c>: who may read and write what.</param>
/// <param name="Cabinets">Cabinets that have an account.</param>
/// <param name="WithoutHash">
/// Cabinets whose password was issued before these hashes were made; they have no account until they enrol again.
/// </param>
internal sealed record MosquittoFiles(string Users, string Access, int Cabinets, IReadOnlyList<CabinetId> WithoutHash)
{
    /// <summary>The password file's name.</summary>
    public const string UsersName = "users";

    /// <summary>The access list's name.</summary>
    public const string AccessName = "access";

    private const int LongestUserName = 64;

    private const string Head = "# Written by the fleet service from its register; changes are overwritten.\n";

    /// <summary>
    /// Puts the files together: the service takes from all cabinets and sends to all, a cabinet does only on its own
    /// topics, and nobody else has an account. Pure: the same register gives the same bytes.
    /// </summary>
    /// <param name="service">The service's user name and hash there.</param>
    /// <param name="cabinets">Cabinets with their newest password's hash, by cabinet; empty when there is none.</param>
    public static MosquittoFiles Of(
        (string Name, string Hash) service, IReadOnlyList<(CabinetId Cabinet, string Hash)> cabinets)
    {
        var (users, access) = (new StringBuilder(), new StringBuilder(Head));
        var without = new List<CabinetId>();
        users.Append(service.Name).Append(':').Append(service.Hash).Append('\n');
        access.Append("user ").Append(service.Name).Append('\n')
            .Append("topic read ").Append(CabinetTopic.AllUp).Append('\n')
            .Append("topic write ").Append(CabinetTopic.AllDownOfAll).Append('\n');
        foreach (var (cabinet, hash) in cabinets)
        {
            if (hash.Length == 0)
            {
                without.Add(cabinet);
                continue;
            }

            // A cabinet that is named like the service would be the service.
            if (cabinet.Value == service.Name)
            {
                throw new InvalidOperationException(
                    $"Cabinet {cabinet} is named like the service's user at the broker; choose another "
                    + "Broker:External:UserName.");
            }

            users.Append(cabinet.Value).Append(':').Append(hash).Append('\n');
            access.Append("\nuser ").Append(cabinet.Value).Append('\n')
                .Append("topic write ").Append(CabinetTopic.AllUpOf(cabinet)).Append('\n')
                .Append("topic read ").Append(CabinetTopic.AllDown(cabinet)).Append('\n');
        }

        return new MosquittoFiles(users.ToString(), access.ToString(), cabinets.Count - without.Count, without);
    }

    /// <summary>True for a name that fits a line of both files.</summary>
    public static bool IsUserName(string name) =>
        name.Length is > 0 and <= LongestUserName
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}
