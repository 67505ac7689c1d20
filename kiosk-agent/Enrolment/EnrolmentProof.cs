using System.Text;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Signing;

namespace KioskFleet.Agent.Enrolment;

/// <summary>The proof that who shows a token holds the private key of the public key beside it.</summary>
internal static class EnrolmentProof
{
    private const string Prefix = "kioskfleet/enrol/v1";

    /// <summary>The text that is signed: purpose, token and public key, so that a proof serves nothing else.</summary>
    public static string TextOf(string token, string publicKeyBase64) => $"{Prefix}\n{token}\n{publicKeyBase64}";

    /// <summary>The request for a token, signed.</summary>
    public static EnrolmentRequest Request(string token, string? cabinetId, MessageSigner signer)
    {
        var publicKey = Convert.ToBase64String(signer.PublicKey);
        var hash = Digest.Of(Encoding.UTF8.GetBytes(TextOf(token, publicKey))).ToArray();
        var signature = new byte[MessageSigner.SignatureSize];
        signer.Sign(hash, signature);
        return new EnrolmentRequest(token, cabinetId, publicKey, Convert.ToBase64String(signature));
    }
}
