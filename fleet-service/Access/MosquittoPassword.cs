using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KioskFleet.Service.Access;

/// <summary>
/// A password as Mosquitto keeps it in a password file: <c>$7$101$SALT$HASH</c>, PBKDF2 with SHA-512, as its
/// <c>mosquitto_passwd</c> writes it. The few iterations are Mosquitto's default; ours have 256 random bits. Pure but
/// for the salt.
/// </summary>
internal static class MosquittoPassword
{
    private const int Iterations = 101;
    private const int SaltBytes = 12;
    private const int HashBytes = 64;

    /// <summary>Makes the line's part behind the user name, with a new salt.</summary>
    public static string Hash(string password) => Hash(password, RandomNumberGenerator.GetBytes(SaltBytes));

    /// <summary>True when the password is the one that was hashed.</summary>
    public static bool Fits(string hash, string password) =>
        hash.Split('$') is ["", "7", _, var salt, _]
        && Convert.TryFromBase64String(salt, stackalloc byte[SaltBytes], out var length) && length == SaltBytes
        && CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Hash(password, Convert.FromBase64String(salt))), Encoding.ASCII.GetBytes(hash));

    private static string Hash(string password, byte[] salt)
    {
        var hash = Rfc2898DeriveBytes.Pbkdf2(
            Encoding.UTF8.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA512, HashBytes);
        return string.Create(CultureInfo.InvariantCulture,
            $"$7${Iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}");
    }
}
