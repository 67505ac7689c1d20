using System.Text.Json.Serialization;

namespace KioskFleet.Agent.Enrolment;

/// <summary>
/// What enrolment gave this cabinet, with the token that gave it: both are one file, so they never differ.
/// </summary>
/// <param name="CabinetId">The cabinet's id; also its MQTT client id.</param>
/// <param name="MqttUserName">The user name at the broker.</param>
/// <param name="MqttPassword">The password at the broker.</param>
/// <param name="BrokerHost">Host of the broker; null: as the settings say.</param>
/// <param name="BrokerPort">Port of the broker; null: as the settings say.</param>
/// <param name="Token">The token redeemed; the same key may redeem it again.</param>
internal sealed record EnrolmentRecord(
    string CabinetId, string MqttUserName, string MqttPassword, string? BrokerHost, int? BrokerPort, string Token);

/// <summary>The body of an enrolment request.</summary>
/// <param name="Token">The one-time token.</param>
/// <param name="CabinetId">The wanted cabinet id; null: as the token says.</param>
/// <param name="PublicKey">SubjectPublicKeyInfo in base64.</param>
/// <param name="Proof">Signature over <see cref="EnrolmentProof.TextOf"/>, in base64.</param>
internal sealed record EnrolmentRequest(string Token, string? CabinetId, string PublicKey, string Proof);

/// <summary>The body of an answer that enrols.</summary>
/// <param name="CabinetId">The cabinet's id.</param>
/// <param name="MqttUserName">The user name at the broker.</param>
/// <param name="MqttPassword">The password at the broker.</param>
/// <param name="BrokerHost">Host of the broker, or null.</param>
/// <param name="BrokerPort">Port of the broker, or null.</param>
internal sealed record EnrolmentAnswer(
    string? CabinetId, string? MqttUserName, string? MqttPassword, string? BrokerHost, int? BrokerPort);

/// <summary>JSON of enrolment, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = false)]
[JsonSerializable(typeof(EnrolmentRecord))]
[JsonSerializable(typeof(EnrolmentRequest))]
[JsonSerializable(typeof(EnrolmentAnswer))]
internal sealed partial class EnrolmentJson : JsonSerializerContext;
