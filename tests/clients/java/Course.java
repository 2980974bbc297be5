import com.fasterxml.jackson.databind.ObjectMapper;
import huiyin.assignment.model.AssignCase;
import huiyin.assignment.model.Forwarding;
import huiyin.intake.ApiClient;
import huiyin.intake.ApiResponse;
import huiyin.intake.model.Channel;
import huiyin.intake.model.ClassifyCase;
import huiyin.intake.model.Content;
import huiyin.intake.model.ContentCategory;
import huiyin.intake.model.Kind;
import huiyin.intake.model.Petitioner;
import huiyin.intake.model.Progress;
import huiyin.intake.model.RegisterPetition;
import huiyin.intake.model.Registered;
import huiyin.intake.model.Route;
import huiyin.mediation.ApiException;
import huiyin.mediation.api.AcceptanceApi;
import huiyin.mediation.api.OpinionApi;
import huiyin.mediation.model.IssueOpinion;
import huiyin.mediation.model.NotifyAcceptance;
import huiyin.mediation.model.Problem;
import huiyin.mediation.model.Result;
import huiyin.mediation.model.ServiceMethod;
import java.net.http.HttpClient;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** The README's "Ten minutes as a clerk"; what it gets and what it prints is said in tests/clients/course.py. */
public class Course {
  static final String BUREAU = "980726000116";
  static final String HUMAN_RESOURCES = "980726000308";
  static final ObjectMapper JSON = ApiClient.createDefaultObjectMapper();

  public static void main(String[] addresses) throws Exception {
    var intake = new ApiClient(HttpClient.newBuilder(), JSON, addresses[0]);
    var assignment = new huiyin.assignment.ApiClient(HttpClient.newBuilder(), JSON, addresses[1]);
    var mediation = new huiyin.mediation.ApiClient(HttpClient.newBuilder(), JSON, addresses[2]);
    var cases = new huiyin.intake.api.CasesApi(intake);
    var told = new LinkedHashMap<String, Object>();

    var petition = new RegisterPetition()
        .channel(Channel.VISIT)
        .category(ContentCategory.UNPAID_WAGES)
        .place("980726101201")
        .petitioner(new Petitioner().name("周安平").phone("139 0000 0000"))
        .content(new Content().claim("要求支付拖欠的工资").facts("三月至五月的工资一直没有发"));
    var clerk = huiyin.intake.model.Role.INTAKE_CLERK;
    var key = key();
    var reply = cases.registerPetitionWithHttpInfo(key, "QL66295", BUREAU, clerk, petition, null, null);
    var registered = reply.getData();
    var id = registered.getCaseId();
    told.put("registerPetition", registered);
    told.put("again", cases.registerPetition(key, "QL66295", BUREAU, clerk, petition, null, null));
    told.put("etag", header(reply, "etag"));
    told.put("location", header(reply, "location"));

    var classification = new ClassifyCase()
        .kind(Kind.APPEAL_FOR_RESOLUTION)
        .route(Route.PETITION_PROCEDURE)
        .category(ContentCategory.UNPAID_WAGES);
    told.put("classifyCase", cases.classifyCase(id, key(), "QL19597", BUREAU,
        huiyin.intake.model.Role.BUREAU_OFFICER, classification, null, header(reply, "etag")));

    var forwarding = new AssignCase().mode(Forwarding.FORWARD).unit(HUMAN_RESOURCES);
    told.put("assignCase", new huiyin.assignment.api.CasesApi(assignment).assignCase(id, key(), "QL19597", BUREAU,
        huiyin.assignment.model.Role.BUREAU_OFFICER, forwarding, null, null));

    var notice = new NotifyAcceptance().method(ServiceMethod.POST).receipt("EMS-1180").caseOfficer("QL24568");
    told.put("notifyAcceptance", new AcceptanceApi(mediation).notifyAcceptance(id, key(), "QL27527", HUMAN_RESOURCES,
        huiyin.mediation.model.Role.UNIT_RECEIVER, notice, null, null));

    told.put("issueOpinion", refused(new OpinionApi(mediation), id));
    told.put("progress", new huiyin.intake.api.ProgressApi(intake).progress(new Progress().queryCode(registered.getQueryCode())));
    System.out.writeBytes(JSON.writeValueAsBytes(told));
    System.out.println();
  }

  /** An opinion before anybody was heard. */
  static Problem refused(OpinionApi opinions, UUID id) throws Exception {
    var opinion = new IssueOpinion()
        .result(Result.SUPPORT)
        .addLegalBasisItem("保障农民工工资支付条例 第三条")
        .document(UUID.fromString("00000000-0000-4000-8000-000000000000"))
        .draftedBy("QL24568")
        .reviewBody("980726000103");
    try {
      opinions.issueOpinion(id, key(), "QL49308", HUMAN_RESOURCES,
          huiyin.mediation.model.Role.UNIT_HEAD, opinion, null, null);
    } catch (ApiException refusal) {
      return JSON.readValue(refusal.getResponseBody(), Problem.class);
    }
    throw new IllegalStateException("the opinion was not refused");
  }

  static String key() {
    return UUID.randomUUID().toString();
  }

  static String header(ApiResponse<Registered> reply, String name) {
    return reply.getHeaders().get(name).get(0);
  }
}
